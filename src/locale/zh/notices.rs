//! What happened, and what to do if it was somebody else.

use time::OffsetDateTime;

use super::numbers::date;
use crate::{
    account::{MOST_MISSES, Method},
    message::Notice,
    support::Goal,
};

pub(super) fn happened(notice: Notice, at: OffsetDateTime) -> String {
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
                Method::NewPhone | Method::Phone => "短信验证码",
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
                Method::NewPhone | Method::Phone => "短信验证码",
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
             所有人都已退出登录。"
        ),
        Notice::PhoneChanged => format!("您的手机号已于{on}更改。今后验证码将发送到新手机号。"),
        Notice::PhoneChangeFailed => {
            format!("您的手机号原定于{on}更改，但新号码现已属于另一个账户，因此手机号保持不变。")
        }
        Notice::PhoneChangeWaits(until) => format!(
            "{on}，有人使用您的安全码更改了您的手机号。新号码将于{}起生效。",
            date(until.into())
        ),
        Notice::PhoneRemoved => format!("您的手机号已于{on}从账户中移除。验证码不再发送到该号码。"),
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
            format!("{on}，有人用我们发送给您的验证码登录了您的账户。您的密码没有改变。")
        }
        Notice::SupportLinkSent => {
            format!("{on}，我们的客服发出了所申请的链接。它在短时间内有效。")
        }
        Notice::UserNameChanged => {
            format!("您的用户名已于{on}更改。请用新用户名或安全邮箱以及原来的密码登录。")
        }
    }
}

pub(super) const fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::NewEmail => "更换安全邮箱",
        Goal::NewPassword => "设置新密码",
        Goal::RemoveSecondFactor => "移除第二重验证",
        Goal::Retire => "永久停用账户",
    }
}

pub(super) const fn if_not_you(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountRetired => "如果您不清楚原因，请立即联系我们的客服。",
        Notice::CaseOpened(Goal::Retire) => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请用下面的链接提出异议，并立即联系我们的客服。"
        }
        Notice::CaseApproved(_) | Notice::CaseOpened(_) => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请用下面的链接提出异议，或联系我们的客服；\
             如果您有安全码，使用它会立即终止该申请。"
        }
        Notice::CaseEnded | Notice::CaseObjected | Notice::SupportLinkSent => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请立即联系我们的客服；\
             如果您有安全码，使用它会终止此类申请。"
        }
        Notice::CaseRefused => {
            "如果您没有提出过申请，则是他人所为，账户没有任何变化。如需了解更多，请联系我们的客服。"
        }
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
        Notice::PhoneChanged | Notice::PhoneRemoved => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，请用安全邮箱或安全码找回账户，或立即联系我们的客服。"
        }
        Notice::EmailChangeWaits(_) | Notice::PhoneChangeWaits(_) | Notice::SecurityCodeUsed => {
            "如果是您本人操作，则无需理会。如果不是您本人操作，说明您的安全码已落入他人之手：请立即\
             更改密码并联系我们的客服。"
        }
        Notice::PasswordVoided => {
            "无论是否为您本人操作，都请找回账户并设置新密码。如果无法做到，请联系我们的客服。"
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
        | Notice::PhoneChangeFailed
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
