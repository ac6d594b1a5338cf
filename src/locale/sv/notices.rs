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
        Notice::AccountDeleted => format!("Ditt konto togs bort den {on}."),
        Notice::AccountDisabled => format!(
            "Ditt konto stängdes av den {on}. Ingen kan logga in på det eller återställa det \
             förrän det öppnas igen."
        ),
        Notice::AccountEnabled => {
            format!("Ditt konto öppnades igen den {on}. Du kan logga in med ditt lösenord.")
        }
        Notice::AccountRetired => format!(
            "Vår support stängde ditt konto för gott den {on}. Ingen kan logga in på det längre; \
             användarnamnet och adressen är lediga för ett nytt konto."
        ),
        Notice::BackupCodeUsed(left) => format!(
            "Den {on} användes en av dina reservkoder i stället för autentiseringsappen, av \
             någon som kan ditt lösenord. Du har {left} kvar."
        ),
        Notice::BackupCodesReplaced => {
            format!("Den {on} fick ditt konto nya reservkoder. De tidigare gäller inte längre.")
        }
        Notice::CaseApproved(until) => format!(
            "Den {on} godkände vår support en begäran om ditt konto. En länk skickas till den \
             som bad om det den {}, om du inte invänder.",
            date(until.into())
        ),
        Notice::CaseEnded => format!(
            "Den {on} användes din säkerhetskod, så begäran till vår support har avslutats."
        ),
        Notice::CaseObjected => format!(
            "Den {on} invände någon som läser din e-post mot begäran till vår support. Den \
             prövas på nytt."
        ),
        Notice::CaseOpened(to) => format!(
            "Den {on} vände sig någon till vår support för {}. Inget har ändrats än.",
            goal(to)
        ),
        Notice::CaseRefused => format!(
            "Den {on} avslog vår support en begäran om att återställa ett konto. Inget har \
             ändrats. Om du inte kommer in på något annat sätt, skaffa ett nytt konto."
        ),
        Notice::EmailChanged => format!(
            "Din säkerhetsadress ändrades den {on}. Från och med nu går koder till den nya adressen."
        ),
        Notice::EmailChangedByManager => format!(
            "Administratören för ditt konto ändrade din säkerhetsadress den {on}. Från och med \
             nu går koder till den nya adressen."
        ),
        Notice::EmailChangeFailed => format!(
            "Din säkerhetsadress skulle ha ändrats den {on}, men den nya adressen hör numera till \
             ett annat konto. Allt förblir som det var."
        ),
        Notice::EmailChangeWaits(until) => format!(
            "Den {on} användes din säkerhetskod för att ändra din säkerhetsadress. Den nya adressen \
             gäller från den {}.",
            date(until.into())
        ),
        Notice::HintAnswered(until) => format!(
            "Den {on} svarade någon på din säkerhetsfråga på en enhet som vi inte känner igen. Från \
             den {} kan den personen välja ett nytt lösenord. Om det inte var du, stoppa det nedan och \
             välj sedan en ny säkerhetsfråga: den personen kan svaret på den här.",
            date(until.into())
        ),
        Notice::HintChanged => {
            format!("Din säkerhetsfråga eller svaret på den ändrades den {on}.")
        }
        Notice::HintStopped => format!(
            "Din säkerhetsfråga har besvarats fel {MOST_MISSES} gånger i rad, senast den {on}. Den \
             gäller inte längre; välj en ny i kontots inställningar."
        ),
        Notice::IdentityLinked => format!(
            "Den {on} kopplades ett konto hos en annan tjänst till ditt. Från och med nu loggar även \
             det in dig. Du kan koppla bort det i dina kontoinställningar."
        ),
        Notice::IdentityUnlinked => format!(
            "Den {on} kopplades ett konto hos en annan tjänst bort från ditt. Det loggar inte längre \
             in dig."
        ),
        Notice::Locked(method) => {
            let what = match method {
                Method::CurrentPassword => "ditt lösenord",
                Method::HintQuestion => "svaret på din säkerhetsfråga",
                Method::Manager => "lösenordet som administratör",
                Method::SecondFactor => "din andra faktor, med rätt lösenord,",
                Method::SecurityCode => "din säkerhetskod",
                Method::LinkedIdentity
                | Method::NewEmail
                | Method::SecurityEmail
                | Method::Support => "koden i mejlet",
                Method::NewPhone | Method::Phone => "koden i sms:et",
            };
            format!(
                "Den {on} skrev någon {what} fel flera gånger, så nya försök måste vänta. Länkarna \
                 i våra mejl, din säkerhetskod och de enheter där du har loggat in berörs inte."
            )
        }
        Notice::ManagerChanged => format!(
            "Den {on} blev ett annat konto administratör för ditt. Efter några dagar kan det \
             ändra din säkerhetsadress och stänga av ditt konto."
        ),
        Notice::ManagerEnded => format!("Den {on} upphörde ditt konto att ha en administratör."),
        Notice::PasswordChanged(method) => {
            let by = match method {
                Method::CurrentPassword => "det tidigare lösenordet",
                Method::HintQuestion => "svaret på din säkerhetsfråga",
                Method::Manager => "din administratör",
                Method::NewEmail | Method::SecurityEmail => "en kod som vi mejlade",
                Method::LinkedIdentity => "ditt kopplade externa konto",
                Method::NewPhone | Method::Phone => "en kod som vi skickade till din telefon",
                Method::SecondFactor => "din andra faktor",
                Method::SecurityCode => "din säkerhetskod",
                Method::Support => "vår support",
            };
            format!("Ditt lösenord ändrades den {on} med hjälp av {by}.")
        }
        Notice::PasswordStopped => format!(
            "Ditt lösenord har skrivits fel {MOST_MISSES} gånger i rad, senast den {on}. Det \
             fungerar på enheter där du har loggat in tidigare; på andra enheter behöver du \
             återställa kontot och välja ett nytt lösenord."
        ),
        Notice::PasswordVoided => format!(
            "Den {on} uppgav någon, på ditt konto eller med en länk i ett mejl till dig, att något \
             inte var du. Ditt lösenord gäller inte längre och alla är utloggade."
        ),
        Notice::PhoneChanged => format!(
            "Ditt telefonnummer ändrades den {on}. Från och med nu går koder till det nya numret."
        ),
        Notice::PhoneChangeFailed => format!(
            "Ditt telefonnummer skulle ha ändrats den {on}, men det nya numret hör numera till \
             ett annat konto. Allt förblir som det var."
        ),
        Notice::PhoneChangeWaits(until) => format!(
            "Den {on} användes din säkerhetskod för att ändra ditt telefonnummer. Det nya numret \
             gäller från den {}.",
            date(until.into())
        ),
        Notice::PhoneRemoved => format!(
            "Ditt telefonnummer togs bort från kontot den {on}. Inga koder skickas till det \
             längre."
        ),
        Notice::SecondFactorEnrolled => format!(
            "Den {on} fick ditt konto en andra faktor. Från och med nu krävs en kod från \
             autentiseringsappen, eller en reservkod, för att logga in. Din säkerhetskod och \
             en kod som vi mejlar tar bort den."
        ),
        Notice::SecondFactorMissed => format!(
            "Någon som kan ditt lösenord skrev en felaktig kod från autentiseringsappen den {on}."
        ),
        Notice::SecondFactorRemoved => format!(
            "Din andra faktor togs bort den {on}. Från och med nu räcker lösenordet för att \
             logga in."
        ),
        Notice::SecondFactorStopped => format!(
            "Koden från din autentiseringsapp har skrivits fel {MOST_MISSES} gånger i rad, \
             senast den {on}, av någon som kan ditt lösenord. Logga in med en reservkod och \
             byt lösenord."
        ),
        Notice::SecurityCodeSet => format!(
            "Sedan den {on} har ditt konto en säkerhetskod. Den kan aldrig ändras av någon."
        ),
        Notice::SecurityCodeUsed => format!("Din säkerhetskod användes den {on}."),
        Notice::SecurityCodeWaits(until) => format!(
            "Den {on} skapades en säkerhetskod för ditt konto. Den gäller från den {} och för \
             alltid. Om du byter lösenord innan dess blir den ogiltig.",
            date(until.into())
        ),
        Notice::SignedInOnce => format!(
            "Den {on} loggade någon in på ditt konto med en kod som vi skickade till dig. Ditt \
             lösenord är oförändrat."
        ),
        Notice::SupportLinkSent => format!(
            "Den {on} skickade vår support den begärda länken. Den går att använda en kort tid."
        ),
        Notice::UserNameChanged => format!(
            "Ditt användarnamn ändrades den {on}. Du loggar in med det nya, eller med din \
             säkerhetsadress, och samma lösenord."
        ),
    }
}

pub(super) const fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::NewEmail => "att byta säkerhetsadress",
        Goal::NewPassword => "att välja ett nytt lösenord",
        Goal::RemoveSecondFactor => "att ta bort den andra faktorn",
        Goal::Retire => "att stänga kontot för gott",
    }
}

pub(super) const fn if_not_you(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountRetired => "Om du inte vet varför, skriv genast till vår support.",
        Notice::CaseOpened(Goal::Retire) => {
            "Om det var du behöver du inte göra något. Om det inte var du, invänd nedan och skriv genast \
             till vår support."
        }
        Notice::CaseApproved(_) | Notice::CaseOpened(_) => {
            "Om det var du behöver du inte göra något. Om det inte var du, invänd nedan eller \
             skriv till vår support; din säkerhetskod, om du har en, avslutar begäran genast."
        }
        Notice::CaseEnded | Notice::CaseObjected | Notice::SupportLinkSent => {
            "Om det var du behöver du inte göra något. Om det inte var du, skriv genast till vår \
             support; din säkerhetskod, om du har en, avslutar en sådan begäran."
        }
        Notice::CaseRefused => {
            "Om du inte har bett om något har någon annan gjort det: inget har ändrats. Skriv till \
             vår support om du vill veta mer."
        }
        Notice::BackupCodeUsed(_)
        | Notice::Locked(Method::SecondFactor)
        | Notice::SecondFactorMissed
        | Notice::SecondFactorStopped => {
            "Om det var du behöver du inte göra något. Om det inte var du kan någon annan ditt \
             lösenord: byt det genast och skriv till vår support."
        }
        Notice::Locked(_) | Notice::HintStopped | Notice::PasswordStopped => {
            "Om det inte var du: ingen har tagit sig in och du behöver inte göra något. Om du \
             använder samma lösenord på andra ställen, välj ett nytt. Om det fortsätter, skriv till \
             vår support."
        }
        Notice::AccountDeleted => "Om det inte var du, skriv genast till vår support.",
        Notice::AccountDisabled | Notice::AccountEnabled => {
            "Om du inte vet varför, fråga administratören för ditt konto eller skriv till vår \
             support."
        }
        Notice::EmailChanged => {
            "Om det var du behöver du inte göra något. Om det inte var du och du läser det här på \
             den gamla adressen, använd din säkerhetskod för att återställa kontot, eller skriv \
             genast till vår support."
        }
        Notice::EmailChangedByManager => {
            "Om du bad om det behöver du inte göra något. Annars: fråga genast din \
             administratör, återställ kontot med din säkerhetskod eller skriv till vår support."
        }
        Notice::PhoneChanged | Notice::PhoneRemoved => {
            "Om det var du behöver du inte göra något. Om det inte var du, återställ kontot med \
             din säkerhetsadress eller din säkerhetskod, eller skriv genast till vår support."
        }
        Notice::EmailChangeWaits(_) | Notice::PhoneChangeWaits(_) | Notice::SecurityCodeUsed => {
            "Om det var du behöver du inte göra något. Om det inte var du har någon annan din \
             säkerhetskod: byt genast lösenord och skriv till vår support."
        }
        Notice::PasswordVoided => {
            "Vare sig det var du eller inte: återställ kontot och välj ett nytt lösenord. Om det inte \
             går, skriv till vår support."
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
            "Om det var du behöver du inte göra något. Om det inte var du, återställ genast kontot \
             och välj ett nytt lösenord; om det inte går, skriv till vår support."
        }
    }
}
