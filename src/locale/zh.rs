//! Chinese in simplified characters.

mod notices;
mod numbers;
mod weakness;

use notices::{goal, happened, if_not_you};
use numbers::{date, day, tries, when};
use weakness::{suggested, warned};

use super::{Text, Topic, choice, sms::short};
use crate::{
    account::Method,
    message::{CodePurpose, Notice},
};

pub(super) fn words(text: &Text<'_>) -> String {
    let words = match *text {
        Text::AccountDeleted => "您的账户已删除。",
        Text::AccountDisabled => "该账户已停用：任何人都无法登录。",
        Text::AccountEnabled => "该账户可以使用。",
        Text::AccountRetired => "该账户已被永久停用。",
        Text::AddressTaken => "该邮箱地址已属于另一个账户，请换一个。",
        Text::AlreadyInUse => {
            "有人（可能是您本人）想在账户中使用此邮箱地址。它已经是另一个账户的安全邮箱：请登录那个\
             账户，或改用其他邮箱地址。如果不是您本人操作，则无需理会。"
        }
        Text::AnswerControl => "答案中不能有制表符或换行，请重新输入。",
        Text::AnswerEmpty => "答案为空，请输入答案。",
        Text::AnswerNotOffered => "该问题已不再提供，请选择其他问题。",
        Text::AnswerOwnName => "答案不能是您的用户名、邮箱地址的一部分或问题中的词语。",
        Text::AnswerTooLong => "答案太长，请缩短后重新输入。",
        Text::AnswerTrivial => "答案过于简单，任何人都可能猜到。",
        Text::AnswerUsual => "很多人都会这样回答，请换一个少见的答案。",
        Text::AnswerWaits { until } => {
            return format!(
                "答案正确。由于我们不认识您的设备，该答案将在{}生效；在此之前，账户的主人可以阻止此操作。",
                when(until)
            );
        }
        Text::AnswerYourQuestion => "请回答您的密保问题。",
        Text::Change(change) => choice::chinese(change),
        Text::BackupCodesIssued => {
            "这是您的新备用码。它们只显示这一次：请写在纸上，然后输入其中一个以确认。在此之前旧备用码仍然有效。"
        }
        Text::CaseAlreadyOpen => "该账户已有一个客服申请：",
        Text::CaseChanged => "在您阅读之后，有人对该申请提出了异议，请重新阅读：",
        Text::CaseGoal(to) => return format!("客服申请：{}。", goal(to)),
        Text::CaseLinkSent { until } => {
            return format!("链接已发出。{}可以再次发送。", when(until));
        }
        Text::CaseOpen { lacks } => return format!("还需要{lacks}次批准。"),
        Text::CaseRefused => "申请已被拒绝，并已通知申请人。",
        Text::CaseUnfit => "该账户不适用此类申请。",
        Text::CaseWaits { until } => return format!("申请已获批准。链接将于{}发出。", when(until)),
        Text::Changed => "更改已保存。您在其他设备上均已退出登录。",
        Text::ChangedTooOften { until } => {
            return format!("账户更改过于频繁。您可以在{}再次更改。", when(until));
        }
        Text::ChooseAnotherAnswer => "该答案不能使用：",
        Text::ChooseAnotherPassword => "该密码不能使用：",
        Text::CodeFor(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "有人在登录状态下想要更改您的账户。如果是您本人操作，请输入以下验证码："
            }
            CodePurpose::ConfirmManaged => {
                "某个账户的管理员希望将此邮箱地址设为该账户的安全邮箱。如果这是您的账户并且您同意\
                 ，请把以下验证码告诉您的管理员："
            }
            CodePurpose::ConfirmNewAddress => {
                "此邮箱地址将成为某个账户的安全邮箱。如果是您本人申请的，请输入以下验证码："
            }
            CodePurpose::Recovery => "有人想要找回您的账户。如果是您本人操作，请输入以下验证码：",
        },
        Text::CodeMalformed { digits } => {
            return format!("验证码由{digits}位数字组成，请输入收到的验证码。");
        }
        Text::Device { label } => return format!("设备：{label}"),
        Text::Expired => "已过期或已被使用，请重新开始。",
        Text::Failed => "操作未成功。如需帮助，请联系我们的客服。",
        Text::Greeting { name } => return format!("{name}，您好！"),
        Text::Happened { notice, at } => return happened(notice, at),
        Text::IdentityNotLinked => "该外部账号未与您的账户关联。",
        Text::IdentityTaken => "该外部账号已与本站的一个账户关联。",
        Text::IdentityUnknown => {
            "该外部账号未与本站的任何账户关联。请用密码登录后在账户设置中关联，或注册新账户。"
        }
        Text::IfNotYou(notice) => if_not_you(notice),
        Text::IfNotYouAsked(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "如果不是您本人操作，说明有其他人登录了您的账户：请勿使用此验证码，并立即找回账户、设置新密码。"
            }
            CodePurpose::ConfirmManaged => {
                "请不要把验证码告诉其他人。如果您对此毫不知情，请不要告诉任何人：没有它，什么都不\
                 会改变。"
            }
            CodePurpose::ConfirmNewAddress | CodePurpose::Recovery => {
                "如果不是您本人操作，请勿使用此验证码：没有它，什么都不会改变。"
            }
        },
        Text::Imported => "账户已转入。",
        Text::KeepTheCode => "无论谁向您索要，都请不要透露验证码：我们绝不会索要。",
        Text::LastWayIn => "解除关联后您将无法登录，请先设置密码。",
        Text::KeepTheLink => {
            "请勿把链接交给任何人，包括我们的客服。如果不是您本人申请的，请不要打开，\
             并联系我们的客服。"
        }
        Text::LinkFor { goal: to, until } => {
            return format!(
                "我们的客服已审核您的申请。在{}之前，您可以打开以下页面（{}）：",
                date(until),
                goal(to)
            );
        }
        Text::Locked { until } => {
            return format!("尝试次数过多。您可以在{}重试。", when(until));
        }
        Text::MailSent => {
            "如果该账户设有此邮箱，含验证码的邮件已在发送途中。也请查看垃圾邮件文件夹。"
        }
        Text::Managed => "账户已更改，并已在所有设备上退出登录。",
        Text::ManagingStarted => "请输入您自己的密码以继续。",
        Text::Method(method) => match method {
            Method::CurrentPassword => "当前密码",
            Method::HintQuestion => "密保问题",
            Method::Manager => "管理员的密码",
            Method::LinkedIdentity => "已关联的外部账号",
            Method::NewEmail => "发送到新邮箱的验证码",
            Method::NewPhone => "发送到新手机号的验证码",
            Method::Phone => "短信验证码",
            Method::SecondFactor => "第二重验证",
            Method::SecurityCode => "安全码",
            Method::SecurityEmail => "邮件验证码",
            Method::Support => "客服",
        },
        Text::Missed { method, times, at } => {
            let by = words(&Text::Method(method));
            return format!("{by}：错误{times}次，最近一次是在{}。", date(at));
        }
        Text::NameLooksTaken => "该用户名与另一个账户的用户名过于相似，请换一个。",
        Text::NameMalformed => "名称无效：请输入字母和数字、邮箱地址或电话号码。",
        Text::NameMixedScripts => "用户名只能使用一种文字，请不要混用。",
        Text::NameTaken => "该用户名已被使用，请换一个。",
        Text::NameTooLong { max } => {
            return format!("名称太长：用户名最多{max}个字符。");
        }
        Text::NoAddress => "您的账户没有安全邮箱。",
        Text::NoSuchAccount => "没有这个账户。",
        Text::NoSuchManager => "没有可以管理您账户的这一账户。",
        Text::NoWayBack => {
            "您的账户既没有安全邮箱也没有安全码，没有密码就无人能够登录。请在账户设置中更改密码，其他人将\
             全部退出登录。"
        }
        Text::NoCase => "该账户没有客服申请。",
        Text::NotAllowed => "您无权处理该账户。",
        Text::NoPhone => "您的账户没有手机号。",
        Text::NotAUserName => "用户名不能像邮箱地址或电话号码，请换一个。",
        Text::NotHuman => "请先证明您不是机器人。",
        Text::NotOffered => "此处不提供该方式，请选择其他方式。",
        Text::NothingToChange => "您尚未作任何更改。",
        Text::NothingToStop => "没有需要阻止的操作。",
        Text::NotYours => "您不是该账户的管理员。",
        Text::OldPassword { set_at } => {
            return format!("您的密码自{}起一直未更换，建议您设置新密码。", day(set_at));
        }
        Text::OrOpen => "或者打开以下页面继续操作：",
        Text::PasswordBreached => "它在已泄露密码的名单中，请选择一个您没有在其他地方使用的密码。",
        Text::PasswordCommon => "它属于最先被尝试的常见密码。",
        Text::PasswordControl => "密码中不能有制表符或换行，请重新输入。",
        Text::PasswordEmpty => "密码为空，请输入密码。",
        Text::PasswordGuessable => "它太容易被猜到。",
        Text::PasswordMismatch => "两次输入的密码不一致，请重新输入。",
        Text::PasswordNoDigit => "需要包含一个数字。",
        Text::PasswordNoLowercase => "需要包含一个小写字母。",
        Text::PasswordNoSpecial => "需要包含一个特殊字符，例如！或％。",
        Text::PasswordNoUppercase => "需要包含一个大写字母。",
        Text::PasswordOwnName => "不能包含您的用户名、邮箱地址的前半部分或本服务的名称。",
        Text::PasswordOversized => "密码过长，请缩短后重新输入。",
        Text::PasswordTooLong { max, len } => {
            return format!("最多{max}个字符，当前为{len}个。");
        }
        Text::PasswordTooNew => {
            "您最近在未使用原密码的情况下重设了密码。在数天之内，它不足以管理其他账户。"
        }
        Text::PasswordTooShort { min, len } => {
            return format!("至少需要{min}个字符，当前为{len}个。");
        }
        Text::PasswordUsedBefore => "您以前用过这个密码，请换一个新的。",
        Text::PasswordVoid => "您的密码已作废，所有人都已退出登录。请找回账户并设置新密码。",
        Text::PhoneCountryRefused => "我们不向该国家或地区发送短信，请使用其他号码。",
        Text::PhoneMalformed => "这不是电话号码：请输入“+”、国家代码和号码。",
        Text::PhoneNeedsCountry => "号码请以“+”和国家代码开头，其后不要加0。",
        Text::PhoneNotMobile => "该号码无法接收短信，请使用手机号码。",
        Text::PhoneTaken => "该电话号码已属于另一个账户，请换一个。",
        Text::Proved => "验证通过，请继续下一步。",
        Text::ProvedAt { method, at } => {
            let by = words(&Text::Method(method));
            return format!("{by}：在找回账户时于{}验证通过。", date(at));
        }
        Text::ProveTheRestFirst => "请先完成其他步骤。",
        Text::Recovered => "新密码已设置，请用新密码登录。",
        Text::RecoveryStarted => "请选择用哪种方式证明账户属于您。",
        Text::Registered => "欢迎！您的账户已建立，您已登录。",
        Text::SecondFactorAsked => "请输入身份验证器应用中的验证码，或一个备用码。",
        Text::SecondFactorAlreadySet => "您的账户已有第二重验证，请先将其移除。",
        Text::SecondFactorIssued => {
            "请用身份验证器应用扫描，把备用码写在纸上，然后输入应用中的第一个验证码以确认。以上\
             内容不会再次显示。"
        }
        Text::SecondFactorMistyped => {
            "这不是身份验证器应用当前显示的验证码：请再看一次，并确认手机的时间是否准确。"
        }
        Text::SecurityCodeAlreadySet => "您的账户已有安全码，它永远不能更改。",
        Text::SecurityCodeIssued => {
            "这是您的安全码。它只显示这一次：请写在纸上并妥善保管，然后输入一遍以确认。"
        }
        Text::SecurityCodeMalformed => {
            "安全码由27个字母和数字组成，每4个一组，请与您纸上的记录核对。"
        }
        Text::SecurityCodeMistyped => {
            "这不是刚才显示的安全码，请与您纸上的记录核对，或重新生成一个。"
        }
        Text::SecurityCodeTypo => "安全码输入有误，请与您纸上的记录核对。",
        Text::SessionEnded => "您已退出登录，请重新登录。",
        Text::SignedIn => "您已登录。",
        Text::SignedInAt { method, times, at } => {
            let by = words(&Text::Method(method));
            return format!("{by}：登录{times}次，最近一次是在{}。", date(at));
        }
        Text::Sms(sms) => short(sms).chinese,
        Text::Stopped => "已阻止。",
        Text::SubAccountRegistered => "账户已建立。账户的主人可以登录，并应设置自己的密码。",
        Text::StoppedAt { at } => {
            return format!("对您账户的一项更改已于{}通过邮件中的链接被阻止。", date(at));
        }
        Text::Subject(topic) => subject(topic),
        Text::Suggestion(suggestion) => suggested(suggestion),
        Text::ToDisown => "如要立即让所有人退出登录并使您的密码作废，请打开以下页面：",
        Text::TextSent => {
            "如果该账户设有手机号且用户名正确，含验证码的短信已在发送途中。验证码在几分钟内有效。"
        }
        Text::TooLateToSignIn => "该验证码已太旧，不能用来登录。请设置新密码，或重新开始。",
        Text::TooManyIdentities { max } => {
            return format!("最多可关联{max}个外部账号，请先解除其中一个。");
        }
        Text::ToStop => "如要阻止此操作，请打开以下页面：",
        Text::TryAgainShortly => "操作暂时未成功，请稍后重试。",
        Text::Unproven => "您已完成的验证不足以进行此项更改。",
        Text::Warning(warning) => warned(warning),
        Text::WrongNameOrPassword { left } => {
            return format!("用户名或密码错误。{}", tries(left));
        }
        Text::WrongProof { left: None } => "验证未通过。",
        Text::WrongProof { left: Some(left) } => {
            return format!("验证未通过。{}", tries(left));
        }
    };
    words.to_owned()
}

fn subject(topic: Topic) -> &'static str {
    match topic {
        Topic::AlreadyInUse => "您已经有一个账户",
        Topic::Code(purpose) => match purpose {
            CodePurpose::ConfirmChange => "更改账户的验证码",
            CodePurpose::ConfirmManaged => "告诉管理员的验证码",
            CodePurpose::ConfirmNewAddress => "确认此邮箱地址的验证码",
            CodePurpose::Recovery => "找回账户的验证码",
        },
        Topic::Notice(notice) => match notice {
            Notice::AccountDeleted => "您的账户已被删除",
            Notice::AccountDisabled => "您的账户已停用",
            Notice::AccountEnabled => "您的账户已启用",
            Notice::AccountRetired => "您的账户已被我们的客服停用",
            Notice::BackupCodeUsed(_) => "您的一个备用码已被使用",
            Notice::BackupCodesReplaced => "您的备用码已更换",
            Notice::CaseApproved(_) => "我们的客服即将处理您的账户",
            Notice::CaseEnded => "向客服提出的申请已终止",
            Notice::CaseObjected => "有人对客服申请提出了异议",
            Notice::CaseOpened(_) => "有人就您的账户联系了我们的客服",
            Notice::CaseRefused => "我们的客服拒绝了一项申请",
            Notice::EmailChanged => "您的安全邮箱已更改",
            Notice::EmailChangedByManager => "管理员更改了您的安全邮箱",
            Notice::EmailChangeFailed => "您的安全邮箱未更改",
            Notice::EmailChangeWaits(_) => "您的安全邮箱即将更改",
            Notice::HintAnswered(_) => "有人回答了您的密保问题",
            Notice::HintChanged => "您的密保问题已更改",
            Notice::HintStopped => "您的密保问题已停用",
            Notice::IdentityLinked => "您的账户已关联一个外部账号",
            Notice::IdentityUnlinked => "您的账户已解除一个外部账号的关联",
            Notice::Locked(_) => "有人试图进入您的账户",
            Notice::ManagerChanged => "您的账户有了管理员",
            Notice::ManagerEnded => "您的账户不再有管理员",
            Notice::PasswordChanged(_) => "您的密码已更改",
            Notice::PasswordStopped => "您的密码已停用",
            Notice::PasswordVoided => "您的密码已作废",
            Notice::PhoneChanged => "您的手机号已更改",
            Notice::PhoneChangeFailed => "您的手机号未更改",
            Notice::PhoneChangeWaits(_) => "您的手机号即将更改",
            Notice::PhoneRemoved => "您的手机号已移除",
            Notice::SecondFactorEnrolled => "您的登录现在需要第二重验证",
            Notice::SecondFactorMissed => "有人未通过您的第二重验证",
            Notice::SecondFactorRemoved => "您的第二重验证已移除",
            Notice::SecondFactorStopped => "您的第二重验证已停用",
            Notice::SecurityCodeSet => "您的账户已有安全码",
            Notice::SecurityCodeUsed => "您的安全码已被使用",
            Notice::SecurityCodeWaits(_) => "您的账户即将启用安全码",
            Notice::SignedInOnce => "有人用我们发送的验证码登录了",
            Notice::SupportLinkSent => "我们的客服已为您的账户发出链接",
            Notice::UserNameChanged => "您的用户名已更改",
        },
        Topic::SupportLink => "我们的客服发给您的链接",
    }
}
