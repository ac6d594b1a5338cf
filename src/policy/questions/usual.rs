//! Answers that many people would give, as they would type them, in English, Chinese, Russian and
//! Swedish. Comparison ignores case, accents, blanks and punctuation.

/// The answers of a list.
pub(super) fn items(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split([',', '\n'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// To any question.
pub(super) const NOTHING: &str = "
test, testing, tester, test1, test123, testtest, none, nope, nono, nothing, nobody, noone, no one,
never, null, nil, n/a, not applicable, unknown, don't know, dont know, do not know, i don't know,
i do not know, dunno, idk, no idea, don't remember, i don't remember, i forgot, forgot,
can't remember, answer, my answer, the answer, no answer, secret, my secret, password, my password,
question, hint, security, login, admin, user, name, yes, yeah, okay, hello, blank, empty, whatever,
something, anything, skip, private, xxx, foo, foobar, abc123, a1b2c3, 112233, 121212, 1212, 123321,
147258, 159753, 1122, 1990, 2000, 123abc, lorem ipsum, default, example, sample, asdf1234
没有, 沒有, 无, 没, 无答案, 没有答案, 测试, 试试, 不知道, 我不知道, 不清楚, 不记得, 不记得了, 忘了,
忘记了, 忘记, 未知, 保密, 秘密, 密码, 答案, 我的答案, 问题, 提示, 是的, 不是, 你好, 随便, 空白, 没名字,
没有名字, 名字, 一二三, 一二三四, 一二三四五, 三二一, 甲乙丙, 哈哈哈, 呵呵, 不告诉你, 任意, 暂无,
meiyou, buzhidao, mima, ceshi, wangle, mimi, daan, nihao, woaini, 我爱你
нет, нету, неа, не знаю, незнаю, я не знаю, не помню, я не помню, забыл, забыла, неизвестно,
неизвестен, никто, никак, никого, ничего, ничто, нигде, никогда, тест, тестик, проверка, ответ,
мой ответ, пароль, мой пароль, секрет, тайна, вопрос, подсказка, логин, админ, имя, да, привет,
пусто, неважно, не важно, всё равно, без имени, без названия, нет ответа, ааа, ыыы, абв123, один,
net, ne znayu, neznayu, ne pomnu, otvet, parol, privet
nej, nix, inget, ingen, ingenting, inga, ingen aning, aldrig, ingenstans, vet inte, vet ej, vetinte,
vetej, jag vet inte, minns inte, minns ej, jag minns inte, kommer inte ihåg, glömt, har glömt, okänd,
okänt, testa, prov, svar, svaret, mitt svar, inget svar, hemligt, hemlighet, lösenord, mitt lösenord,
fråga, frågan, ledtråd, inlogg, namn, inget namn, ja, jaha, hej, hejhej, tomt, strunt, vad som helst,
spelar ingen roll, finns inte, saknas
";

pub(super) const SURNAMES: &str = "
smith, johnson, williams, brown, jones, garcia, miller, davis, wilson, taylor, anderson, thomas,
jackson, white, harris, martin, thompson, clark, lewis, robinson, walker, young, allen, king, wright,
scott, green, baker, adams, nelson, hill, hall, evans, roberts, edwards, hughes, wood, lee, murphy
王, 李, 张, 刘, 陈, 杨, 黄, 赵, 吴, 周, 徐, 孙, 马, 朱, 胡, 郭, 何, 高, 林, 罗, 郑, 梁, 谢, 宋, 唐,
欧阳, 司马, 上官, wang, li, zhang, liu, chen, yang, huang, zhao, wu, zhou, xu, sun, ma, zhu, hu, guo,
he, gao, lin, luo, zheng, liang
иванов, иванова, смирнов, смирнова, кузнецов, кузнецова, попов, попова, васильев, васильева, петров,
петрова, соколов, соколова, михайлов, михайлова, новиков, новикова, фёдоров, фёдорова, морозов,
морозова, волков, волкова, алексеев, алексеева, лебедев, лебедева, семёнов, семёнова, егоров,
егорова, павлов, павлова, козлов, козлова, степанов, степанова, николаев, николаева, орлов, орлова,
андреев, андреева, макаров, макарова, никитин, никитина, захаров, захарова, ivanov, ivanova, petrov,
petrova, smirnov, smirnova
andersson, johansson, karlsson, nilsson, eriksson, larsson, olsson, persson, svensson, gustafsson,
pettersson, jonsson, jansson, hansson, bengtsson, jönsson, lindberg, jakobsson, magnusson, lindström,
olofsson, lindqvist, lindgren, berg, axelsson, bergström, lundberg, lind, lundgren, mattsson,
berglund, fredriksson, sandberg, henriksson, forsberg, sjöberg, wallin, engström, lundin, eklund
";

pub(super) const GIVEN_NAMES: &str = "
james, john, robert, michael, william, david, richard, joseph, thomas, charles, chris, daniel,
matthew, mark, paul, steven, andrew, kevin, brian, george, mary, patricia, jennifer, linda, elizabeth,
barbara, susan, jessica, sarah, karen, lisa, nancy, emma, emily, anna, laura, kate, mike, tom, bob,
jack, jim, ben, sam, alex, nick, harry, oliver, olivia, sophie, ashley, amanda
伟, 芳, 娜, 敏, 静, 秀英, 丽, 强, 磊, 洋, 艳, 勇, 军, 杰, 娟, 涛, 超, 秀兰, 霞, 平, 刚, 桂英, 建国,
建华, 建军, 志强, 志明, 小明, 小红, 小丽, 小芳, 小燕, 小华, 小军, 小龙, 海燕, 丽丽, 婷婷, 浩然, 子轩,
欣怡, 梓涵, 雨涵, 小强, 玉兰, 国强, 文文, 晓明, 晓东, xiaoming, xiaohong, meimei, lili
александр, саша, сергей, серёжа, дмитрий, дима, андрей, алексей, лёша, максим, макс, евгений, женя,
иван, ваня, михаил, миша, николай, коля, владимир, вова, володя, павел, паша, роман, рома, игорь,
олег, артём, антон, денис, кирилл, никита, анна, аня, елена, лена, ольга, оля, наталья, наташа,
екатерина, катя, татьяна, таня, мария, маша, ирина, ира, светлана, света, юлия, юля, анастасия,
настя, дарья, даша, виктория, вика, людмила, галина, надежда, валентина, нина, sasha, masha, dima,
natasha, olga, ivan, vova
erik, lars, karl, anders, johan, per, nils, jan, mikael, hans, peter, olof, lennart, gunnar, sven,
fredrik, bengt, bo, daniel, gustav, alexander, göran, magnus, martin, andreas, stefan, björn, jonas,
maria, anna, margareta, elisabeth, eva, kristina, birgitta, karin, marie, ingrid, linnea, sofia,
kerstin, marianne, lena, helena, emma, johanna, sara, elin, annika, ulla, monica, gunilla, anneli,
lisa, malin, jenny, hanna, lasse, kalle, pelle, oskar, viktor, hugo, maja, alice, elsa
";

pub(super) const FULL_NAMES: &str = "
john smith, jane smith, john doe, jane doe, david smith, james smith, mike smith, michael smith,
robert smith, mary smith, john brown, john jones, john williams, david jones, david brown,
james brown, james johnson, mary johnson, mike johnson, michael johnson, michael brown, sarah smith,
sarah jones, tom smith, bob smith, bill gates, harry potter, michael jackson, donald trump
王伟, 李伟, 张伟, 刘伟, 陈伟, 王芳, 李芳, 张芳, 李娜, 王秀英, 李秀英, 张秀英, 刘洋, 王静, 李静, 张静,
王丽, 李丽, 张丽, 王强, 李强, 张强, 张敏, 李敏, 王敏, 王磊, 李军, 王军, 张勇, 王勇, 李勇, 刘芳, 李杰,
王艳, 李艳, 张杰, 王建国, 李明, 王明, 张明, 李雷, 韩梅梅, 李小龙, 张三, 李四, 王五, 王小明, 李小明,
张小明, wang wei, li wei, zhang wei, wang fang, li na, li ming, zhang san, li si, li lei, han meimei
иван иванов, иванов иван, иван петров, александр иванов, саша иванов, сергей иванов,
александр смирнов, сергей смирнов, дмитрий иванов, андрей иванов, алексей иванов, саша петров,
дима иванов, дима петров, ваня иванов, вася пупкин, василий пупкин, анна иванова, аня иванова,
елена иванова, лена иванова, мария иванова, маша иванова, наташа иванова, оля иванова, таня иванова,
катя иванова, настя иванова, ольга петрова, елена петрова, лена петрова, маша петрова, катя петрова,
александр пушкин, ivan ivanov, ivan petrov, vasya pupkin
anna andersson, maria andersson, eva andersson, karin andersson, lars andersson, anders andersson,
erik andersson, johan andersson, jan andersson, per andersson, sven andersson, anna johansson,
maria johansson, lars johansson, johan johansson, erik johansson, anders johansson, anna karlsson,
maria karlsson, erik karlsson, kalle karlsson, anna nilsson, lars nilsson, per nilsson, anna svensson,
sven svensson, kalle svensson, medel svensson, svenne svensson, anna eriksson, erik eriksson,
lars larsson, lars eriksson, maria nilsson, kalle anka, pippi långstrump, zlatan ibrahimovic
";

/// How pupils, and the young at work, name those above them.
pub(super) const TEACHERS: &str = "
mr smith, mrs smith, ms smith, miss smith, mr jones, mrs jones, ms jones, miss jones, mr johnson,
mrs johnson, ms johnson, miss johnson, mr brown, mrs brown, ms brown, miss brown, mr williams,
mrs williams, ms williams, miss williams, mr miller, mrs miller, mrs davis, miss davis, mrs wilson,
mr wilson, mrs taylor, miss taylor, mrs anderson, mrs white, mr white, mrs green, miss green,
mrs harris, mrs clark, miss honey, teacher, my teacher, the boss, boss, miss, sir, madam
王老师, 李老师, 张老师, 刘老师, 陈老师, 杨老师, 黄老师, 赵老师, 吴老师, 周老师, 徐老师, 孙老师, 马老师,
朱老师, 胡老师, 郭老师, 何老师, 高老师, 林老师, 罗老师, 郑老师, 梁老师, 谢老师, 宋老师, 班主任, 老师,
王总, 李总, 张总, 刘总, 陈总, 王经理, 李经理, 张经理, 刘经理, 陈经理, 老板, 老王, 老李, 老张, 校长
мария ивановна, марья ивановна, марьиванна, анна ивановна, нина ивановна, галина ивановна,
валентина ивановна, татьяна ивановна, людмила ивановна, надежда ивановна, елена ивановна,
ольга ивановна, наталья ивановна, вера ивановна, лидия ивановна, раиса ивановна, зинаида ивановна,
мария петровна, анна петровна, галина петровна, валентина петровна, нина петровна,
людмила петровна, нина васильевна, галина васильевна, валентина васильевна, мария васильевна,
татьяна васильевна, людмила васильевна, галина николаевна, татьяна николаевна, елена николаевна,
ольга николаевна, людмила николаевна, валентина николаевна, наталья николаевна, вера николаевна,
елена викторовна, татьяна викторовна, ирина викторовна, ольга викторовна, наталья викторовна,
елена александровна, ольга александровна, татьяна александровна, ирина александровна,
ольга владимировна, елена владимировна, татьяна владимировна, наталья владимировна,
галина александровна, светлана владимировна, елена сергеевна, иван иванович, николай иванович,
иван петрович, александр иванович, владимир иванович, сергей иванович, сергей петрович,
александр александрович, сергей николаевич, владимир владимирович, александр сергеевич, учительница,
учитель, шеф, босс, начальник
fröken, min fröken, fröken andersson, fröken svensson, fröken anna, fröken eva, fröken karin,
fröken maria, fröken ulla, fröken lena, fröken birgitta, fröken kerstin, fröken margareta,
fröken gunilla, fröken ingrid, fröken inger, fröken barbro, fröken marianne, fröken siv,
fröken gun, fröken britt, fröken monica, fröken annika, fröken lisa, fröken johansson,
fröken karlsson, fröken nilsson, magistern, läraren, lärarinnan, herr andersson, herr svensson,
fru andersson, fru svensson, chefen, min chef, ulla, gun, siv, inger, barbro, britt, gunvor
";

pub(super) const PETS: &str = "
max, buddy, charlie, bella, lucy, molly, daisy, rocky, bailey, coco, luna, milo, jack, toby, duke,
bear, oscar, leo, simba, tiger, smokey, shadow, oreo, princess, angel, lady, sadie, maggie, sophie,
chloe, lola, zoe, ginger, rex, spot, fido, fluffy, kitty, whiskers, felix, tom, garfield, sam, lucky,
lassie, rusty, bruno, teddy, poppy, rosie, ruby, mittens, snowball, patch, dog, cat, doggy, kitten,
nemo, goldie, bugs, thumper
旺财, 来福, 小白, 小黑, 小花, 小黄, 大黄, 阿黄, 大白, 大黑, 小灰, 豆豆, 毛毛, 球球, 乐乐, 欢欢, 点点,
贝贝, 咪咪, 喵喵, 妞妞, 皮皮, 多多, 嘟嘟, 可乐, 布丁, 团子, 汤圆, 饺子, 包子, 馒头, 元宝, 招财, 富贵,
黑子, 虎子, 花花, 黄黄, 黑黑, 白白, 胖胖, 肉肉, 丢丢, 奶茶, 奥利奥, 咖啡, 糖糖, 米粒, 小强, 小虎, 小猫,
小狗, 狗狗, 猫猫, 狗, 猫, 豆包, 二哈, 哈士奇, 金毛
шарик, бобик, тузик, мухтар, жучка, полкан, рекс, джек, дик, барон, альма, лорд, граф, найда, дружок,
пират, белка, стрелка, лайка, малыш, чарли, арчи, джесси, герда, лада, рада, бим, тимка, тишка, тоша,
барсик, мурзик, мурка, васька, вася, рыжик, пушок, снежок, кузя, кеша, маркиз, матроскин, дымок,
мася, муся, мася, пушинка, багира, симба, люся, феликс, том, тигра, тишка, масик, черныш, уголёк,
хома, жора, кот, кошка, собака, пёс, пёсик, котик, киса, кися, кыся, sharik, barsik, murzik, murka
molly, bella, ludde, bamse, charlie, sigge, wilma, zorro, rex, king, karo, fido, buster, tyson, ronja,
nala, zingo, laban, pontus, trisse, rufus, lufsen, lady, lassie, sixten, selma, doris, bosse, sudden,
misse, måns, pelle, pelle svanslös, maja, kurre, kisse, kissen, missan, svarten, murre, findus, sotis,
smilla, tusse, gullan, snurre, grålle, gråis, smulan, sessan, stampe, skrållan, vovven, hund, hunden,
katt, katten, kattis, lurv, nisse, oskar, simba, tiger, tigern, stampe, blixten, svarta, snöboll
";

pub(super) const TOYS: &str = "
teddy, ted, teddy bear, my teddy, bear, mr bear, big bear, little bear, baby bear, brown bear, bunny,
rabbit, mr bunny, bun bun, flopsy, peter rabbit, winnie, pooh, winnie the pooh, pooh bear, paddington,
barney, elmo, cookie monster, kermit, mickey, mickey mouse, minnie, dumbo, eeyore, tigger, piglet,
snoopy, doggy, puppy, kitty, hello kitty, lamby, lamb, sheep, elephant, ellie, monkey, george,
curious george, blankie, doll, dolly, barbie, panda, pikachu, snuggles, cuddles, fluffy, floppy,
honey, brownie, bambi, simba, lion, dino, barney bear, care bear, beanie, raggedy ann
小熊, 大熊, 熊熊, 小白, 小白兔, 白兔, 兔兔, 兔子, 小兔子, 小兔, 小狗, 狗狗, 小猫, 猫咪, 泰迪, 泰迪熊,
维尼, 维尼熊, 小熊维尼, 米奇, 米老鼠, 米妮, 唐老鸭, 史努比, 凯蒂猫, 哆啦a梦, 机器猫, 皮卡丘, 熊猫,
大熊猫, 小熊猫, 盼盼, 贝贝, 晶晶, 欢欢, 迎迎, 妮妮, 娃娃, 布娃娃, 洋娃娃, 芭比, 小象, 大象, 小猴子,
猴子, 小猪, 小猪佩奇, 佩奇, 毛毛, 毛毛熊, 绒绒, 豆豆, 球球, 团团, 圆圆, 龙猫, 喜羊羊, 懒羊羊, 光头强,
熊大, 熊二, 宝宝, 乖乖, 轻松熊, 玲娜贝儿, 小鸭子, 小黄鸭, 小恐龙, 大白
мишка, миша, медведь, медвежонок, топтыгин, потапыч, михаил потапыч, винни, винни пух, винни-пух, пух,
пятачок, чебурашка, чебурек, зайка, зайчик, заяц, зая, степашка, степаша, хрюша, каркуша, филя, тедди,
мишутка, мишаня, мишка тедди, собачка, собака, пёсик, шарик, тузик, котик, кот, кошка, котёнок,
барсик, слон, слоник, слонёнок, лев, львёнок, тигр, тигрёнок, тигруля, обезьянка, обезьяна, анфиса,
крокодил гена, гена, кукла, кукла маша, маша, катя, барби, панда, лошадка, ёжик, поросёнок, лунтик,
пикачу, микки, микки маус, умка, бегемот, жираф, утёнок, мышка, лиса, лисёнок, пушистик, cheburashka
nalle, min nalle, nallen, nallebjörn, teddy, teddybjörn, björn, björnen, bamse, nalle puh, puh, ior,
nasse, tiger, kanin, kaninen, kanis, kaninis, kanin kanin, lilla kanin, nicke nyfiken, nalle björn,
hunden, vovve, vovven, hund, katten, misse, kisse, kissen, apa, apan, elefant, elefanten, elis, lamm,
lammet, lillan, dockan, docka, barbie, musse, musse pigg, mumin, mumintrollet, lilla my, sniff,
pippi, herr nilsson, gosis, gosen, mjukis, snutte, snuttis, snutten, nasse, ponny, häst, hästen,
panda, pandan, lejon, lejonet, rävis, räven, grisen, gris, musen, babblarna, babba, bobbo
";

pub(super) const STREETS: &str = "
main street, main st, main road, high street, high st, church street, church road, church lane,
park street, park road, park avenue, park lane, park ave, oak street, oak avenue, oak lane,
pine street, maple street, maple avenue, elm street, cedar street, walnut street, washington street,
washington avenue, lake street, hill street, hill road, hillside, first street, 1st street,
second street, 2nd street, third street, 3rd street, fourth street, fifth avenue, 5th avenue,
station road, london road, victoria road, victoria street, green lane, mill lane, mill road,
school road, school lane, the avenue, the street, king street, king's road, queen street, queens road,
new road, new street, york road, york street, manor road, springfield road, chestnut street,
sunset boulevard, broadway, my street, same street, baker street, sesame street
人民路, 中山路, 解放路, 建设路, 和平路, 新华路, 文化路, 胜利路, 幸福路, 光明路, 南京路, 北京路, 上海路,
中山大道, 人民大道, 人民街, 解放街, 建设街, 和平街, 新华街, 文化街, 胜利街, 幸福街, 长安街, 王府井,
王府井大街, 中山街, 民主路, 民生路, 红旗路, 青年路, 工农路, 朝阳路, 迎宾路, 滨江路, 滨河路, 学府路,
学院路, 西大街, 东大街, 南大街, 北大街, 中央大街, 淮海路, 五一路, 八一路, 友谊路, 团结路, 健康路, 环城路,
老街, 步行街, 一条街, 同一条街, 我家旁边, 隔壁, 楼上, 楼下, 同一个小区
ленина, улица ленина, ул ленина, ул. ленина, проспект ленина, пр ленина, советская, улица советская,
советская улица, мира, улица мира, проспект мира, молодёжная, центральная, школьная, улица школьная,
новая, лесная, садовая, набережная, заречная, зелёная, полевая, луговая, октябрьская, комсомольская,
пушкина, улица пушкина, гагарина, улица гагарина, проспект гагарина, гоголя, чехова, горького,
улица горького, кирова, улица кирова, победы, улица победы, проспект победы, первомайская, дзержинского,
чапаева, калинина, маяковского, лермонтова, толстого, некрасова, строителей, рабочая, пионерская,
пролетарская, московская, северная, южная, восточная, западная, юбилейная, спортивная, парковая,
вокзальная, железнодорожная, красноармейская, карла маркса, маркса, энгельса, свердлова, фрунзе,
жукова, матросова, космонавтов, невский проспект, невский, арбат, тверская, на моей улице, на моей,
на нашей улице, улица, ulitsa lenina, lenina
storgatan, kungsgatan, drottninggatan, skolgatan, järnvägsgatan, nygatan, kyrkogatan, västergatan,
östergatan, norra vägen, södra vägen, parkgatan, trädgårdsgatan, kungsvägen, ringvägen, skolvägen,
kyrkvägen, björkvägen, granvägen, tallvägen, ekvägen, lönnvägen, rönnvägen, aspvägen, alvägen,
storvägen, strandvägen, strandgatan, skogsvägen, ängsvägen, backvägen, industrigatan, hamngatan,
sveavägen, vasagatan, linnégatan, götgatan, hornsgatan, avenyn, esplanaden, stationsgatan,
stationsvägen, bergsgatan, bergsvägen, solvägen, stenvägen, byvägen, byagatan, villagatan,
villavägen, nyvägen, gamla vägen, åkervägen, lillgatan, sveagatan, repslagargatan, smedjegatan,
slottsgatan, torggatan, torget, min gata, samma gata, gatan, vägen, bredvid mig
";

pub(super) const CITIES: &str = "
london, new york, nyc, new york city, los angeles, chicago, houston, boston, washington, washington dc,
san francisco, miami, las vegas, seattle, philadelphia, dallas, atlanta, toronto, vancouver, montreal,
sydney, melbourne, manchester, birmingham, liverpool, leeds, edinburgh, glasgow, dublin, oxford,
cambridge, york, bath, brighton, paris, rome, berlin, madrid, barcelona, amsterdam, prague, vienna,
venice, tokyo, england, france, germany, spain, italy, scotland, wales, america, usa, canada, florida
北京, 上海, 广州, 深圳, 杭州, 南京, 苏州, 成都, 重庆, 武汉, 西安, 天津, 青岛, 大连, 厦门, 长沙, 郑州,
沈阳, 哈尔滨, 济南, 昆明, 桂林, 三亚, 海南, 香港, 澳门, 台湾, 台北, 云南, 丽江, 大理, 黄山, 泰山, 华山,
峨眉山, 九寨沟, 洛阳, 无锡, 宁波, 合肥, 福州, 南昌, 拉萨, 西藏, 日本, 韩国, 泰国, 美国, 英国, 法国,
beijing, shanghai, guangzhou, shenzhen, hangzhou, nanjing, xian
москва, в москву, питер, в питер, санкт-петербург, в санкт-петербург, спб, ленинград, в ленинград,
петербург, новосибирск, екатеринбург, казань, в казань, нижний новгород, челябинск, самара, омск,
ростов, ростов-на-дону, уфа, красноярск, пермь, воронеж, волгоград, в волгоград, краснодар, сочи,
в сочи, анапа, крым, в крым, ялта, севастополь, калининград, минск, в минск, киев, одесса, псков,
великий новгород, новгород, владимир, суздаль, в суздаль, ярославль, кострома, тула, в тулу, смоленск,
рязань, тверь, золотое кольцо, по золотому кольцу, байкал, алтай, карелия, прага, париж, финляндия,
moscow, moskva, piter, kazan, sochi
stockholm, till stockholm, göteborg, till göteborg, malmö, uppsala, västerås, örebro, linköping,
helsingborg, jönköping, norrköping, lund, umeå, gävle, borås, södertälje, eskilstuna, halmstad, växjö,
karlstad, sundsvall, visby, gotland, till gotland, öland, åland, kalmar, kiruna, luleå, östersund,
åre, sälen, skåne, dalarna, falun, mora, köpenhamn, till köpenhamn, danmark, oslo, norge, helsingfors,
finland, london, paris, berlin, prag, rom, polen, auschwitz, krakow, england, spanien, copenhagen
";

pub(super) const TRIPS: &str = "
zoo, the zoo, to the zoo, museum, the museum, a museum, science museum, the science museum,
natural history museum, british museum, history museum, art museum, aquarium, the aquarium, farm,
the farm, a farm, beach, the beach, seaside, the seaside, park, the park, national park, theme park,
amusement park, water park, disneyland, disney world, disney, six flags, alton towers, legoland,
universal studios, sea world, camp, summer camp, camping, mountains, the mountains, the lake,
the woods, the forest, planetarium, theatre, theater, library, fire station, castle, tower of london,
stonehenge, grand canyon, niagara falls, yellowstone, white house, skiing, ski trip, abroad
动物园, 去动物园, 植物园, 公园, 人民公园, 中山公园, 游乐园, 游乐场, 欢乐谷, 迪士尼, 迪士尼乐园, 博物馆,
科技馆, 科学馆, 海洋馆, 水族馆, 海洋公园, 野生动物园, 世界公园, 世界之窗, 方特, 长隆, 长城, 八达岭,
八达岭长城, 故宫, 颐和园, 天安门, 天坛, 圆明园, 鸟巢, 西湖, 兵马俑, 烈士陵园, 纪念馆, 农场, 农家乐,
水上乐园, 海边, 沙滩, 爬山, 山上, 香山, 烧烤, 春游, 秋游, 东方明珠, 外滩, 电影院, 少年宫, 森林公园, 湿地公园
музей, в музей, зоопарк, в зоопарк, театр, в театр, цирк, в цирк, кино, в кино, планетарий,
в планетарий, кремль, в кремль, красная площадь, эрмитаж, в эрмитаж, петергоф, царское село,
третьяковская галерея, третьяковка, бородино, ясная поляна, мавзолей, лагерь, в лагерь, артек, орлёнок,
в лес, лес, в поход, поход, на море, море, на природу, природа, на дачу, на озеро, озеро, на речку,
река, в горы, горы, парк, в парк, аквапарк, в аквапарк, аквариум, океанариум, дельфинарий, библиотека,
на завод, завод, ферма, музей космонавтики, исторический музей, краеведческий музей, вднх, турбаза,
мамаев курган, диснейленд, никуда, за город
skansen, till skansen, gröna lund, till gröna lund, liseberg, till liseberg, kolmården, till kolmården,
junibacken, vasamuseet, naturhistoriska, tekniska museet, museum, museet, ett museum, djurpark,
djurparken, zoo, borås djurpark, furuvik, parken zoo, nordens ark, astrid lindgrens värld, high chaparral,
tom tits, universeum, legoland, tivoli, bakken, badhuset, bad, stranden, skogen, i skogen, fjällen,
till fjällen, skidresa, slalom, lägerskola, lägerskolan, på lägerskola, läger, kolo, bondgård,
bondgården, riksdagen, slottet, gripsholm, birka, foteviken, glaskogen, tiveden, utomlands,
brandstationen, bion, teater, simhallen, skridskor, skara sommarland, cosmonova
";

pub(super) const PLACES: &str = "
playground, the playground, park, the park, yard, the yard, backyard, back yard, the backyard, garden,
the garden, back garden, field, the field, the fields, woods, the woods, forest, the forest, street,
the street, our street, beach, the beach, house, my house, home, school, schoolyard, the school, creek,
the creek, river, the river, lake, the lake, pond, the pond, hill, the hill, treehouse, tree house,
the treehouse, fort, the fort, den, the den, clubhouse, the clubhouse, the club, base, the base,
the hideout, hideout, secret base, secret place, secret garden, the castle, basement, attic, alley,
the alley, the rec, rec, the green, court, football pitch, the pitch, the dump, narnia, neverland
操场, 院子, 大院, 后院, 公园, 小公园, 花园, 小花园, 游乐场, 广场, 学校, 家里, 我家, 楼下, 楼顶, 天台,
小区, 巷子, 胡同, 弄堂, 街上, 河边, 小河, 河里, 海边, 田里, 田野, 山上, 后山, 树林, 小树林, 森林, 基地,
秘密基地, 大本营, 总部, 老地方, 工地, 沙堆, 沙坑, 池塘, 鱼塘, 晒谷场, 打谷场, 球场, 篮球场, 乐园, 城堡,
村口, 桥下, 防空洞, 空地, 草地, 大树下, 滑梯, 百草园
двор, во дворе, наш двор, площадка, детская площадка, на площадке, стройка, на стройке, гаражи,
за гаражами, на гаражах, парк, в парке, лес, в лесу, лесок, роща, дача, на даче, деревня, в деревне,
у бабушки, школа, школьный двор, стадион, футбольное поле, поле, коробка, на коробке, улица, на улице,
дом, дома, заброшка, заброшенный дом, штаб, наш штаб, в штабе, база, наша база, шалаш, домик, крепость,
чердак, на чердаке, подвал, в подвале, подъезд, крыша, на крыше, река, речка, на речке, озеро, пруд,
карьер, овраг, горка, на горке, гора, беседка, сад, садик, огород, песочница, в песочнице, качели,
пустырь, на пустыре, поляна, наше место, тайное место, секретное место, дерево
gården, på gården, innergården, lekplatsen, lekparken, lekis, parken, skogen, i skogen, lilla skogen,
storskogen, skogsdungen, dungen, kojan, vår koja, kojan i skogen, trädkojan, hemliga kojan, trädgården,
baksidan, fotbollsplanen, planen, grusplanen, gräsplanen, bollplanen, skolgården, skolan, gatan,
på gatan, vändplanen, vändplan, ängen, backen, pulkabacken, berget, stora berget, stenen,
stora stenen, bäcken, sjön, ån, stranden, bryggan, hemma, hos mig, hemliga platsen, hemliga stället,
vårt ställe, basen, borgen, slottet, grottan, klubbhuset, källaren, vinden, garaget, lekstugan,
sandlådan, gungorna, klätterträdet, sommarstugan, hos mormor, ladan, fritids
";

pub(super) const DISHES: &str = "
eggs, egg, scrambled eggs, scrambled egg, fried eggs, fried egg, boiled egg, boiled eggs, omelette,
omelet, toast, french toast, beans on toast, cheese on toast, grilled cheese, sandwich,
cheese sandwich, pasta, spaghetti, spaghetti bolognese, spag bol, bolognese, noodles, instant noodles,
ramen, pot noodle, mac and cheese, macaroni, macaroni and cheese, macaroni cheese, lasagna, lasagne,
pizza, pancakes, pancake, waffles, porridge, oatmeal, rice, fried rice, soup, tomato soup,
chicken soup, chicken, fried chicken, chili, curry, chicken curry, burger, hamburger, hot dog, tacos,
salad, mashed potatoes, potatoes, baked potato, french fries, chips, stew, meatloaf, cake, cookies,
brownies, cupcakes, bread, banana bread
番茄炒蛋, 西红柿炒蛋, 西红柿炒鸡蛋, 番茄炒鸡蛋, 西红柿鸡蛋, 番茄鸡蛋, 炒鸡蛋, 煎鸡蛋, 煎蛋, 荷包蛋, 鸡蛋,
水煮蛋, 煮鸡蛋, 蒸鸡蛋, 蒸蛋, 鸡蛋羹, 蛋炒饭, 炒饭, 扬州炒饭, 方便面, 泡面, 煮面, 面条, 鸡蛋面, 炒面, 米饭,
稀饭, 粥, 白粥, 皮蛋粥, 饺子, 水饺, 馄饨, 炒青菜, 青菜, 炒白菜, 土豆丝, 炒土豆丝, 酸辣土豆丝, 青椒土豆丝,
红烧肉, 可乐鸡翅, 鸡翅, 糖醋排骨, 排骨, 麻婆豆腐, 豆腐, 宫保鸡丁, 鱼香肉丝, 青椒肉丝, 拍黄瓜, 凉拌黄瓜,
紫菜蛋花汤, 蛋花汤, 番茄蛋汤, 西红柿鸡蛋汤, 火锅, 炒肉, 红烧鱼
яичница, яичницу, яичница-глазунья, глазунья, омлет, яйца, яйцо, варёные яйца, варёное яйцо, макароны,
макароны по-флотски, макароны с сыром, макароны с сосисками, паста, спагетти, лапша, доширак, пельмени,
вареники, картошка, картошку, жареная картошка, картошка жареная, жареную картошку, пюре,
картофельное пюре, суп, борщ, щи, уха, куриный суп, каша, манная каша, овсянка, овсяная каша, гречка,
гречневая каша, рис, блины, блинчики, оладьи, сырники, сосиски, бутерброд, бутерброды, гренки, салат,
оливье, салат оливье, винегрет, шарлотка, шарлотку, пирог, яблочный пирог, пирожки, торт, печенье, плов,
котлеты, курица, шашлык, пицца, чай
ägg, kokt ägg, kokta ägg, stekt ägg, stekta ägg, äggröra, omelett, makaroner, snabbmakaroner, pasta,
spaghetti, spagetti, spaghetti och köttfärssås, spagetti och köttfärssås, köttfärssås,
spaghetti bolognese, makaroner och korv, makaroner och köttbullar, stuvade makaroner, köttbullar,
köttbullar och makaroner, korv, korv stroganoff, falukorv, korv och mos, potatismos, potatis, pannkakor,
pannkaka, ugnspannkaka, plättar, våfflor, gröt, havregrynsgröt, havregröt, risgrynsgröt, mannagrynsgröt,
nudlar, snabbnudlar, varma mackor, varm macka, macka, smörgås, toast, ris, soppa, tomatsoppa, ärtsoppa,
lasagne, pizza, tacos, hamburgare, kyckling, fiskpinnar, fisk, pytt i panna, raggmunk, sallad,
kladdkaka, chokladbollar, sockerkaka, bullar, kanelbullar
";

pub(super) const BOOKS: &str = "
goodnight moon, the very hungry caterpillar, very hungry caterpillar, hungry caterpillar,
where the wild things are, the cat in the hat, cat in the hat, green eggs and ham, dr seuss,
brown bear brown bear, the gruffalo, gruffalo, guess how much i love you, we're going on a bear hunt,
bear hunt, winnie the pooh, peter rabbit, the tale of peter rabbit, beatrix potter, paddington,
paddington bear, the tiger who came to tea, charlotte's web, charlie and the chocolate factory,
matilda, the bfg, bfg, roald dahl, the hobbit, hobbit, harry potter, narnia, the chronicles of narnia,
the lion the witch and the wardrobe, alice in wonderland, peter pan, pinocchio, cinderella, snow white,
little red riding hood, goldilocks, three little pigs, the three little pigs, the ugly duckling,
fairy tales, grimm, brothers grimm, grimms fairy tales, mother goose, nursery rhymes, aesop's fables,
the giving tree, corduroy, madeline, curious george, the bible, bible, the wizard of oz, little women,
thomas the tank engine, mr men, famous five, the little prince, love you forever, the rainbow fish
格林童话, 安徒生童话, 安徒生, 一千零一夜, 天方夜谭, 伊索寓言, 十万个为什么, 唐诗三百首, 唐诗, 三字经, 弟子规,
论语, 千字文, 百家姓, 成语故事, 成语接龙, 西游记, 三国演义, 水浒传, 红楼梦, 白雪公主, 灰姑娘, 小红帽, 丑小鸭,
卖火柴的小女孩, 海的女儿, 美人鱼, 三只小猪, 龟兔赛跑, 小王子, 木偶奇遇记, 匹诺曹, 爱丽丝梦游仙境, 绿野仙踪,
童话大王, 郑渊洁, 舒克和贝塔, 皮皮鲁, 皮皮鲁和鲁西西, 葫芦娃, 葫芦兄弟, 黑猫警长, 神笔马良, 小蝌蚪找妈妈,
猜猜我有多爱你, 好饿的毛毛虫, 好饿的小毛虫, 小猪佩奇, 巧虎, 父与子, 三毛流浪记, 故事会, 睡前故事, 童话故事,
童话, 365夜, 365夜故事, 一天一个好故事, 聊斋, 聊斋志异, 山海经, 封神榜, 哈利波特, 鲁滨逊漂流记
колобок, репка, курочка ряба, теремок, три медведя, три поросёнка, красная шапочка, золушка,
маша и медведь, волк и семеро козлят, сказки, русские сказки, русские народные сказки, народные сказки,
сказки пушкина, пушкин, пушкина, сказка о царе салтане, о царе салтане, сказка о рыбаке и рыбке,
золотая рыбка, руслан и людмила, у лукоморья, чуковский, чуковского, мойдодыр, айболит,
доктор айболит, муха-цокотуха, цокотуха, тараканище, бармалей, телефон, федорино горе, маршак, барто,
агния барто, стихи барто, михалков, дядя стёпа, носов, незнайка, приключения незнайки, незнайка на луне,
буратино, золотой ключик, чиполлино, приключения чиполлино, винни-пух, винни пух, карлсон,
малыш и карлсон, карлсон который живёт на крыше, волшебник изумрудного города, изумрудный город,
конёк-горбунок, аленький цветочек, снежная королева, андерсен, сказки андерсена, братья гримм, маугли,
питер пэн, алиса в стране чудес, маленький принц, простоквашино, дядя фёдор пёс и кот, чебурашка,
крокодил гена, денискины рассказы, мурзилка, библия, гарри поттер, хоббит, сказка, kolobok
pippi långstrump, pippi, bröderna lejonhjärta, mio min mio, emil, emil i lönneberga, ronja rövardotter,
ronja, alla vi barn i bullerbyn, barnen i bullerbyn, bullerbyn, lotta på bråkmakargatan, lotta, madicken,
karlsson på taket, karlsson, rasmus på luffen, astrid lindgren, mumin, muminböckerna, mumintrollet,
trollkarlens hatt, vem ska trösta knyttet, hur gick det sen, alfons, alfons åberg, god natt alfons åberg,
mamma mu, pettson och findus, pettson, findus, pannkakstårtan, elsa beskow, tomtebobarnen,
puttes äventyr i blåbärsskogen, barna hedenhös, bamse, bamsetidningen, max, max nalle, max boll, totte,
emma, castor, ellen, lilla spöket laban, spöket laban, laban, petter och hans fyra getter,
petter och lotta, tant grön tant brun och tant gredelin, sagor, godnattsagor, bibeln, barnens bibel,
nalle puh, pelle svanslös, nils holgersson, nils holgerssons underbara resa, den lilla prinsen,
harry potter, babar, hattstugan, sunes sommar, sune, linnea i målarens trädgård, kattresan,
den mycket hungriga larven, larven, vilda bebin, loranga, bert
";

pub(super) const FILMS: &str = "
star wars, a new hope, the empire strikes back, return of the jedi, the phantom menace, e.t., et,
et the extra terrestrial, jaws, jurassic park, titanic, the lion king, lion king, aladdin,
beauty and the beast, the little mermaid, little mermaid, snow white, cinderella, bambi, dumbo,
pinocchio, peter pan, the jungle book, jungle book, 101 dalmatians, lady and the tramp, fantasia,
mary poppins, the sound of music, the wizard of oz, king kong, ghostbusters, gremlins, home alone,
back to the future, indiana jones, raiders of the lost ark, superman, batman, spiderman, spider-man,
toy story, a bug's life, finding nemo, monsters inc, shrek, the incredibles, cars, frozen, ice age,
harry potter, the lord of the rings, lord of the rings, avatar, the matrix, matrix, terminator, rocky,
grease, mulan, pocahontas, tarzan, avengers, the avengers, minions, despicable me, pokemon, babe,
space jam, the goonies, mrs doubtfire, men in black, independence day, top gun, twilight, disney
泰坦尼克号, 铁达尼号, 哈利波特, 哈利波特与魔法石, 狮子王, 花木兰, 侏罗纪公园, 侏罗纪世界, 变形金刚, 阿凡达, 功夫,
功夫熊猫, 大话西游, 英雄, 十面埋伏, 无极, 少林寺, 红高粱, 霸王别姬, 卧虎藏龙, 喜剧之王, 少林足球, 宝莲灯,
宝葫芦的秘密, 长江七号, 集结号, 唐山大地震, 让子弹飞, 失恋33天, 人在囧途, 泰囧, 战狼, 战狼2, 流浪地球,
西游记之大圣归来, 大圣归来, 大鱼海棠, 哪吒, 哪吒之魔童降世, 捉妖记, 美人鱼, 速度与激情, 复仇者联盟, 蜘蛛侠,
钢铁侠, 超人, 蝙蝠侠, 地道战, 地雷战, 小兵张嘎, 闪闪的红星, 上甘岭, 冰河世纪, 海底总动员, 玩具总动员, 怪物史莱克,
冰雪奇缘, 疯狂动物城, 喜羊羊与灰太狼, 喜羊羊, 熊出没, 寻龙诀, 妈妈再爱我一次, 星球大战, 指环王, 黑客帝国, 2012,
建国大业, 你好李焕英, 长津湖, 红海行动, 我和我的祖国
титаник, аватар, звёздные войны, властелин колец, гарри поттер, гарри поттер и философский камень,
король лев, шрек, ледниковый период, мадагаскар, тачки, в поисках немо, холодное сердце, человек-паук,
человек паук, бэтмен, трансформеры, терминатор, матрица, один дома, парк юрского периода, хоббит,
пираты карибского моря, пираты, мстители, сумерки, ночной дозор, дневной дозор, брат, брат 2,
турецкий гамбит, девятая рота, 9 рота, москва слезам не верит, ирония судьбы, бриллиантовая рука, операция ы,
кавказская пленница, иван васильевич меняет профессию, джентльмены удачи, служебный роман,
белое солнце пустыни, в бой идут одни старики, а зори здесь тихие, неуловимые мстители,
пираты xx века, пираты хх века, экипаж, сталкер, солярис, гостья из будущего, приключения электроника,
буратино, золушка, чебурашка, снежная королева, морозко, человек-амфибия, чапаев, ну погоди, ёлки,
легенда 17, сталинград, т-34, движение вверх, викинг, илья муромец, алёша попович, три богатыря,
добрыня никитич, князь владимир, волкодав, маска, форсаж, годзилла, titanik, titanic, avatar
lejonkungen, titanic, star wars, stjärnornas krig, e.t., et, jurassic park, bambi, dumbo, snövit,
askungen, djungelboken, lady och lufsen, pongo och de 101 dalmatinerna, 101 dalmatiner, pinocchio,
peter pan, aladdin, skönheten och odjuret, den lilla sjöjungfrun, lilla sjöjungfrun, törnrosa, robin hood,
aristocats, bernard och bianca, oliver och gänget, mulan, tarzan, pocahontas, pippi långstrump, pippi,
pippi på de sju haven, på rymmen med pippi långstrump, emil i lönneberga, ronja rövardotter, ronja,
bröderna lejonhjärta, mio min mio, alla vi barn i bullerbyn, barnen i bullerbyn, karlsson på taket,
madicken, rasmus på luffen, dunderklumpen, pelle svanslös, sällskapsresan, göta kanal, jönssonligan,
sunes sommar, sune, åsa-nisse, ensam hemma, hitta nemo, toy story, monsters inc, shrek, bilar, frost,
harry potter, harry potter och de vises sten, sagan om ringen, spindelmannen, batman, stålmannen,
pokemon, babe, tillbaka till framtiden, indiana jones, grease, sound of music, mary poppins, bamse,
fucking åmål, hajen, ghostbusters, gremlins, avatar, matrix, rymdimperiet slår tillbaka, kalle anka
";
