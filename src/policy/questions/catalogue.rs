//! The standard questions.
//!
//! Ids are for good. Wordings may be improved as long as the same answer stays right; a question
//! is added in a release that says so, since some unknown names then change theirs.

use super::{
    Question,
    usual::{self, items},
};
use crate::{hint::QuestionId, locale::Localized};

pub(super) struct Standard {
    pub(super) id: QuestionId,
    pub(super) text: Localized<&'static str>,
    /// Lists of [`usual`].
    pub(super) usual: &'static [&'static str],
}

pub(super) fn standard() -> impl Iterator<Item = Question> {
    STANDARD.iter().map(|standard| {
        let answers = standard.usual.iter().flat_map(|list| items(list));
        Question::new(standard.id.clone(), standard.text).usual(answers)
    })
}

pub(super) static STANDARD: [Standard; 12] = [
    Standard {
        id: QuestionId::constant("first-teacher"),
        text: Localized {
            english: "What was the full name of your first teacher at school?",
            chinese: "你上学后的第一位老师全名叫什么？",
            russian: "Как полностью звали того, кто учил вас в первом классе?",
            swedish: "Vad hette din första lärare i skolan, för- och efternamn?",
        },
        usual: &[
            usual::TEACHERS,
            usual::SURNAMES,
            usual::GIVEN_NAMES,
            usual::FULL_NAMES,
        ],
    },
    Standard {
        id: QuestionId::constant("first-stuffed-toy"),
        text: Localized {
            english: "What did you call your first stuffed toy?",
            chinese: "你给自己的第一个毛绒玩具起了什么名字？",
            russian: "Какое имя вы дали своей первой мягкой игрушке?",
            swedish: "Vad döpte du ditt första gosedjur till?",
        },
        usual: &[usual::TOYS, usual::PETS],
    },
    Standard {
        id: QuestionId::constant("childhood-friend"),
        text: Localized {
            english: "What was the full name of your best friend when you were ten?",
            chinese: "你十岁时最好的朋友全名叫什么？",
            russian: "Назовите имя и фамилию вашего лучшего друга или подруги в десять лет.",
            swedish: "Vad hette din bästa vän när du var tio år, för- och efternamn?",
        },
        usual: &[usual::SURNAMES, usual::GIVEN_NAMES, usual::FULL_NAMES],
    },
    Standard {
        id: QuestionId::constant("friend-street"),
        text: Localized {
            english: "On which street did your best friend live when you were a child?",
            chinese: "小时候你最好的朋友住在哪条街上？",
            russian: "На какой улице жил ваш лучший друг или подруга детства?",
            swedish: "På vilken gata bodde din bästa vän när du var barn?",
        },
        usual: &[usual::STREETS, usual::CITIES],
    },
    Standard {
        id: QuestionId::constant("neighbour-pet"),
        text: Localized {
            english: "As a child, which animal of a neighbour did you like best, by its name?",
            chinese: "小时候邻居家的动物里，你最喜欢的那只叫什么名字？",
            russian: "Как звали соседского питомца, которого вы любили в детстве?",
            swedish: "Vad hette det av grannarnas djur som du tyckte mest om som barn?",
        },
        usual: &[usual::PETS],
    },
    Standard {
        id: QuestionId::constant("school-trip"),
        text: Localized {
            english: "Where did the school trip go that you remember best?",
            chinese: "你印象最深的一次学校郊游去了哪里？",
            russian: "Куда вы ездили с классом в самую запомнившуюся поездку?",
            swedish: "Vart gick den skolresa som du minns bäst?",
        },
        usual: &[usual::TRIPS, usual::CITIES],
    },
    Standard {
        id: QuestionId::constant("play-place"),
        text: Localized {
            english: "What did you and your friends call the place where you played most?",
            chinese: "你和小伙伴们最常去玩的地方，你们管它叫什么？",
            russian: "Как вы с друзьями называли место, где чаще всего играли?",
            swedish: "Vad kallade du och dina kamrater platsen där ni lekte mest?",
        },
        usual: &[usual::PLACES],
    },
    Standard {
        id: QuestionId::constant("first-dish"),
        text: Localized {
            english: "What was the first dish that you learned to cook?",
            chinese: "你学会做的第一道菜是什么？",
            russian: "Какое блюдо вы научились готовить первым?",
            swedish: "Vilken var den första maträtt som du lärde dig laga?",
        },
        usual: &[usual::DISHES],
    },
    Standard {
        id: QuestionId::constant("bedtime-book"),
        text: Localized {
            english: "Which book was read to you most often when you were small?",
            chinese: "小时候大人给你读得最多的是哪本书？",
            russian: "Какую книгу вам в детстве читали вслух чаще всего?",
            swedish: "Vilken bok lästes oftast högt för dig när du var liten?",
        },
        usual: &[usual::BOOKS],
    },
    Standard {
        id: QuestionId::constant("first-film"),
        text: Localized {
            english: "Which film was the first that you saw in a cinema?",
            chinese: "你第一次在电影院看的是哪部电影？",
            russian: "Какой фильм вы впервые увидели в кинотеатре?",
            swedish: "Vilken var den första film som du såg på bio?",
        },
        usual: &[usual::FILMS],
    },
    Standard {
        id: QuestionId::constant("first-boss"),
        text: Localized {
            english: "What was the full name of your first boss?",
            chinese: "你的第一位上司全名叫什么？",
            russian: "Назовите имя и фамилию вашего первого начальника или начальницы.",
            swedish: "Vad hette din första chef, för- och efternamn?",
        },
        usual: &[
            usual::TEACHERS,
            usual::SURNAMES,
            usual::GIVEN_NAMES,
            usual::FULL_NAMES,
        ],
    },
    Standard {
        id: QuestionId::constant("first-crush"),
        text: Localized {
            english: "What was the full name of the first person you fell in love with?",
            chinese: "你第一个暗恋的人全名叫什么？",
            russian: "Назовите имя и фамилию человека, в которого вы впервые влюбились.",
            swedish: "Vad hette den första du blev kär i, för- och efternamn?",
        },
        usual: &[usual::SURNAMES, usual::GIVEN_NAMES, usual::FULL_NAMES],
    },
];
