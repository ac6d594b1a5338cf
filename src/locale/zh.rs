//! Chinese in simplified characters.

mod weakness;

use time::OffsetDateTime;
use weakness::{suggested, warned};

use super::{Span, Text, Topic, When, choice, when::Moment};
use crate::{
    account::{MOST_MISSES, Method},
    message::{CodePurpose, Notice},
    support::Goal,
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
            return format!("验证码由{digits}位数字组成，请输入邮件中的验证码。");
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
        Text::Stopped => "已阻止。",
        Text::SubAccountRegistered => "账户已建立。账户的主人可以登录，并应设置自己的密码。",
        Text::StoppedAt { at } => {
            return format!("对您账户的一项更改已于{}通过邮件中的链接被阻止。", date(at));
        }
        Text::Subject(topic) => subject(topic),
        Text::Suggestion(suggestion) => suggested(suggestion),
        Text::ToDisown => "如果不是您本人操作，请打开以下页面：所有人将退出登录，您的密码将作废：",
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
            Notice::SecondFactorEnrolled => "您的登录现在需要第二重验证",
            Notice::SecondFactorMissed => "有人未通过您的第二重验证",
            Notice::SecondFactorRemoved => "您的第二重验证已移除",
            Notice::SecondFactorStopped => "您的第二重验证已停用",
            Notice::SecurityCodeSet => "您的账户已有安全码",
            Notice::SecurityCodeUsed => "您的安全码已被使用",
            Notice::SecurityCodeWaits(_) => "您的账户即将启用安全码",
            Notice::SignedInOnce => "有人用我们邮寄的验证码登录了",
            Notice::SupportLinkSent => "我们的客服已为您的账户发出链接",
            Notice::UserNameChanged => "您的用户名已更改",
        },
        Topic::SupportLink => "我们的客服发给您的链接",
    }
}

fn happened(notice: Notice, at: OffsetDateTime) -> String {
    let on = date(at);
    match notice {
        Notice::AccountDeleted => format!("您的账户已于{on}删除。"),
        Notice::AccountDisabled => {
            format!("您的账户已于{on}停用。在重新启用之前，任何人都无法登录或找回它。")
        }
        Notice::AccountEnabled => format!("您的账户已于{on}启用。您可以重新用密码登录。"),
        Notice::AccountRetired => format!(
            "您的账户已于{on}被我们的客服永久停用。任何人都不能再登录；其用户名和邮箱可用于新账户。"
        ),
        Notice::BackupCodeUsed(left) => format!(
            "{on}，知道您密码的人用您的一个备用码代替了身份验证器应用。您还剩{left}个备用码。"
        ),
        Notice::BackupCodesReplaced => {
            format!("{on}，您的账户生成了新的备用码。之前的备用码不再有效。")
        }
        Notice::CaseApproved(until) => format!(
            "{on}，我们的客服批准了一项有关您账户的申请。除非您提出异议，链接将于{}发给申请人。",
            date(until.into())
        ),
        Notice::CaseEnded => format!("{on}，您的安全码被使用，因此向客服提出的申请已终止。"),
        Notice::CaseObjected => {
            format!("{on}，能阅读您邮件的人对客服申请提出了异议。该申请正在重新审核。")
        }
        Notice::CaseOpened(to) => format!("{on}，有人请我们的客服{}。目前没有任何更改。", goal(to)),
        Notice::CaseRefused => format!(
            "{on}，我们的客服拒绝了一项恢复账户的申请。没有任何更改。如果您无法用其他方式进入，\
             请注册新账户。"
        ),
        Notice::EmailChanged => {
            format!("您的安全邮箱已于{on}更改。今后验证码将发送到新邮箱。")
        }
        Notice::EmailChangedByManager => {
            format!("您账户的管理员于{on}更改了您的安全邮箱。今后验证码将发送到新邮箱。")
        }
        Notice::EmailChangeFailed => format!(
            "您的安全邮箱原定于{on}更改，但新邮箱现已属于另一个账户，因此安全邮箱保持不变。"
        ),
        Notice::EmailChangeWaits(until) => format!(
            "{on}，有人使用您的安全码更改了您的安全邮箱。新邮箱将于{}起生效。",
            date(until.into())
        ),
        Notice::HintAnswered(until) => format!(
            "{on}，有人在我们不认识的设备上回答了您的密保问题。自{}起，此人可以设置新密码。如果不是您本人\
             操作，请用下面的链接阻止，然后更换密保问题：此人知道当前问题的答案。",
            date(until.into())
        ),
        Notice::HintChanged => format!("您的密保问题或其答案已于{on}更改。"),
        Notice::HintStopped => format!(
            "您的密保问题已连续答错{MOST_MISSES}次，最近一次是在{on}。它不再有效，请在账户设置中\
             设置新的密保问题。"
        ),
        Notice::IdentityLinked => format!(
            "{on}，另一个服务的账号与您的账户建立了关联。今后也可以用它登录。您可以在账户设置中解除关联。"
        ),
        Notice::IdentityUnlinked => {
            format!("{on}，另一个服务的账号与您的账户解除了关联。今后不能再用它登录。")
        }
        Notice::Locked(method) => {
            let what = match method {
                Method::CurrentPassword => "密码",
                Method::HintQuestion => "密保问题答案",
                Method::Manager => "密码（以管理员身份）",
                Method::SecondFactor => "第二重验证码（此人知道您的密码）",
                Method::SecurityCode => "安全码",
                Method::LinkedIdentity
                | Method::NewEmail
                | Method::SecurityEmail
                | Method::Support => "邮件验证码",
            };
            format!(
                "{on}，有人多次输错您的{what}，因此需等待一段时间才能再次尝试。我们邮件中的链接、\
                 您的安全码以及您登录过的设备不受影响。"
            )
        }
        Notice::ManagerChanged => format!(
            "{on}，另一个账户成为您账户的管理员。数天之后，它可以更改您的安全邮箱，并停用您的账户\
             。"
        ),
        Notice::ManagerEnded => format!("{on}，您的账户不再有管理员。"),
        Notice::PasswordChanged(method) => {
            let by = match method {
                Method::CurrentPassword => "原密码",
                Method::HintQuestion => "密保问题的答案",
                Method::Manager => "管理员的帮助",
                Method::NewEmail | Method::SecurityEmail => "邮件验证码",
                Method::LinkedIdentity => "已关联的外部账号",
                Method::SecondFactor => "第二重验证",
                Method::SecurityCode => "安全码",
                Method::Support => "我们的客服",
            };
            format!("您的密码已于{on}通过{by}更改。")
        }
        Notice::PasswordStopped => format!(
            "您的密码已连续输错{MOST_MISSES}次，最近一次是在{on}。它只能在您登录过的设备上使用；\
             在其他设备上，请找回账户并设置新密码。"
        ),
        Notice::PasswordVoided => format!(
            "{on}，有人在您的账户中或通过发给您的邮件中的链接表示，某项操作不是其本人所为。您的密码已作废，\
             所有人都已退出登录。请找回账户并设置新密码。"
        ),
        Notice::SecondFactorEnrolled => format!(
            "{on}，您的账户设置了第二重验证。今后登录时需要身份验证器应用中的验证码，或一个备用\
             码。您的安全码加上我们发送的邮件验证码可以移除它。"
        ),
        Notice::SecondFactorMissed => {
            format!("有人知道您的密码，并于{on}输入了错误的身份验证器验证码。")
        }
        Notice::SecondFactorRemoved => {
            format!("您的第二重验证已于{on}移除。今后仅凭密码即可登录。")
        }
        Notice::SecondFactorStopped => format!(
            "您的身份验证器验证码已连续输错{MOST_MISSES}次，最近一次是在{on}，此人知道您的密码\
             。请用备用码登录并更改密码。"
        ),
        Notice::SecurityCodeSet => {
            format!("自{on}起，您的账户已有安全码。任何人都永远不能更改它。")
        }
        Notice::SecurityCodeUsed => format!("您的安全码已于{on}被使用。"),
        Notice::SecurityCodeWaits(until) => format!(
            "{on}，您的账户生成了一个安全码。它将于{}起永久生效。在此之前更改密码会使它作废。",
            date(until.into())
        ),
        Notice::SignedInOnce => {
            format!("{on}，有人用我们发送给您的邮件验证码登录了您的账户。您的密码没有改变。")
        }
        Notice::SupportLinkSent => {
            format!("{on}，我们的客服发出了所申请的链接。它在短时间内有效。")
        }
        Notice::UserNameChanged => {
            format!("您的用户名已于{on}更改。请用新用户名或安全邮箱以及原来的密码登录。")
        }
    }
}

const fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::NewEmail => "更换安全邮箱",
        Goal::NewPassword => "设置新密码",
        Goal::RemoveSecondFactor => "移除第二重验证",
        Goal::Retire => "永久停用账户",
    }
}

const fn if_not_you(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountRetired => "如果您不清楚原因，请立即联系我们的客服。",
        Notice::CaseOpened(Goal::Retire) => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请用下面的链接提出异议，并立即联系我们的客服。"
        }
        Notice::CaseApproved(_) | Notice::CaseOpened(_) => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请用下面的链接提出异议；\
             如果您有安全码，使用它会立即终止该申请。"
        }
        Notice::CaseEnded | Notice::CaseObjected | Notice::SupportLinkSent => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请立即联系我们的客服；\
             如果您有安全码，使用它会终止此类申请。"
        }
        Notice::CaseRefused => "如果您没有提出过申请，则无需理会。",
        Notice::BackupCodeUsed(_)
        | Notice::Locked(Method::SecondFactor)
        | Notice::SecondFactorMissed
        | Notice::SecondFactorStopped => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，说明有人知道您的密码：请立即更改\
             密码并联系我们的客服。"
        }
        Notice::Locked(_) | Notice::HintStopped | Notice::PasswordStopped => {
            "如果不是您本人操作：没有人进入您的账户，您无需采取任何措施。如果您在其他地方使用相同的\
             密码，请设置新密码。如果此情况持续发生，请联系我们的客服。"
        }
        Notice::AccountDeleted => "如果不是您本人操作，请立即联系我们的客服。",
        Notice::AccountDisabled | Notice::AccountEnabled => {
            "如果您不清楚原因，请询问您账户的管理员，或联系我们的客服。"
        }
        Notice::EmailChanged => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，而您在旧邮箱中看到此邮件，请用安全码\
             找回账户，或立即联系我们的客服。"
        }
        Notice::EmailChangedByManager => {
            "如果是您请求的，则无需理会。如果不是，请立即询问您的管理员，用安全码找回账户，或联系\
             我们的客服。"
        }
        Notice::EmailChangeWaits(_) | Notice::SecurityCodeUsed => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，说明您的安全码已落入他人之手：请立即\
             更改密码并联系我们的客服。"
        }
        Notice::BackupCodesReplaced
        | Notice::EmailChangeFailed
        | Notice::HintAnswered(_)
        | Notice::HintChanged
        | Notice::ManagerChanged
        | Notice::ManagerEnded
        | Notice::IdentityLinked
        | Notice::IdentityUnlinked
        | Notice::PasswordChanged(_)
        | Notice::PasswordVoided
        | Notice::SecondFactorEnrolled
        | Notice::SecondFactorRemoved
        | Notice::SecurityCodeSet
        | Notice::SecurityCodeWaits(_)
        | Notice::SignedInOnce
        | Notice::UserNameChanged => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请立即找回账户并设置新密码；如果无法\
             做到，请联系我们的客服。"
        }
    }
}

fn tries(left: u64) -> String {
    match left {
        0 => "您暂时没有尝试机会了。".to_owned(),
        left => format!("您还可以尝试{left}次。"),
    }
}

fn when(when: When) -> String {
    match when {
        When::At(at) => format!("{}后", date(at)),
        When::In(left) => match Span::from(left) {
            Span::Seconds(n) => format!("{n}秒后"),
            Span::Minutes(n) => format!("{n}分钟后"),
            Span::Hours(n) => format!("{n}小时后"),
            Span::Days(n) => format!("{n}天后"),
        },
    }
}

/// `2026年1月31日`
fn day(at: OffsetDateTime) -> String {
    let Moment {
        year, month, day, ..
    } = at.into();
    format!("{year}年{month}月{day}日")
}

/// `2026年1月31日09:05（UTC）`
fn date(at: OffsetDateTime) -> String {
    format!("{}{}（UTC）", day(at), Moment::from(at).clock)
}
