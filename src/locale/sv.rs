//! Swedish.

mod notices;
mod numbers;
mod weakness;

use notices::{goal, happened, if_not_you};
use numbers::{count, date, day, tries, when};
use weakness::{suggested, warned};

use super::{Text, Topic, choice, sms::short};
use crate::{
    account::Method,
    message::{CodePurpose, Notice},
};

pub(super) fn words(text: &Text<'_>) -> String {
    let words = match *text {
        Text::AccountDeleted => "Ditt konto är borttaget.",
        Text::AccountDisabled => "Kontot är avstängt: ingen kan logga in på det.",
        Text::AccountEnabled => "Kontot går att använda.",
        Text::AccountRetired => "Kontot är stängt för gott.",
        Text::AddressTaken => "E-postadressen hör till ett annat konto: välj en annan.",
        Text::AlreadyInUse => {
            "Någon, kanske du, vill använda den här adressen för ett konto. Den är redan \
             säkerhetsadress för ett annat konto: logga in på det eller använd en annan adress. Om \
             det inte var du behöver du inte göra något."
        }
        Text::AnswerControl => "Ett svar får inte innehålla tabbar eller radbrytningar.",
        Text::AnswerEmpty => "Svaret är tomt: skriv ett.",
        Text::AnswerNotOffered => "Den här frågan går inte längre att välja: ta en annan.",
        Text::AnswerOwnName => {
            "Svaret får inte vara ditt användarnamn, en del av din e-postadress eller ord ur frågan."
        }
        Text::AnswerTooLong => "Svaret är för långt: skriv ett kortare.",
        Text::AnswerTrivial => "Svaret säger för lite: vem som helst kan gissa det.",
        Text::AnswerUsual => "Många skulle svara så: välj ett ovanligare svar.",
        Text::AnswerWaits { until } => {
            return format!(
                "Svaret är rätt. Eftersom vi inte känner igen enheten börjar det gälla först {}; \
                 till dess kan kontots ägare stoppa det.",
                when(until)
            );
        }
        Text::AnswerYourQuestion => "Svara på din säkerhetsfråga.",
        Text::Change(change) => choice::swedish(change),
        Text::BackupCodesIssued => {
            "Det här är dina nya reservkoder. De visas bara nu: skriv upp dem på papper och skriv in \
             en av dem för att bekräfta. Till dess gäller de gamla."
        }
        Text::CaseAlreadyOpen => "Det finns redan ett supportärende för kontot:",
        Text::CaseChanged => "Någon har invänt sedan du läste ärendet. Läs det igen:",
        Text::CaseGoal(to) => return format!("Supportärendet gäller {}.", goal(to)),
        Text::CaseLinkSent { until } => {
            return format!("Länken är skickad. En ny kan skickas {}.", when(until));
        }
        Text::CaseOpen { lacks } => {
            return format!(
                "Det behövs {} till.",
                count(lacks, "godkännande", "godkännanden")
            );
        }
        Text::CaseRefused => "Ärendet är avslaget, och den som bad om det har fått veta det.",
        Text::CaseUnfit => "Ett sådant ärende passar inte för kontot.",
        Text::CaseWaits { until } => {
            return format!("Det är godkänt. Länken skickas {}.", when(until));
        }
        Text::Changed => "Ändringarna är sparade. Du är utloggad överallt utom här.",
        Text::ChangedTooOften { until } => {
            return format!(
                "Kontot har ändrats för många gånger. Du kan ändra det igen {}.",
                when(until)
            );
        }
        Text::ChooseAnotherAnswer => "Svaret går inte att använda:",
        Text::ChooseAnotherPassword => "Lösenordet går inte att använda:",
        Text::CodeFor(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "Någon som är inloggad vill ändra ditt konto. Om det var du, skriv in den här koden:"
            }
            CodePurpose::ConfirmManaged => {
                "Administratören för ett konto vill att den här adressen ska bli kontots \
                 säkerhetsadress. Om kontot är ditt och du vill det, ge din administratör den här \
                 koden:"
            }
            CodePurpose::ConfirmNewAddress => {
                "Den här adressen ska bli säkerhetsadress för ett konto. Om det var du som bad om \
                 det, skriv in den här koden:"
            }
            CodePurpose::Recovery => {
                "Någon vill återställa ditt konto. Om det var du, skriv in den här koden:"
            }
        },
        Text::CodeMalformed { digits } => {
            let digits = count(digits, "siffra", "siffror");
            return format!("En kod har {digits}: skriv dem som står i meddelandet.");
        }
        Text::Device { label } => return format!("Enhet: {label}"),
        Text::Expired => "Tiden har gått ut, eller så är det redan använt: börja om.",
        Text::Failed => "Det gick inte. Skriv till vår support om du behöver hjälp.",
        Text::Greeting { name } => return format!("Hej {name}!"),
        Text::Happened { notice, at } => return happened(notice, at),
        Text::IdentityNotLinked => "Det externa kontot är inte kopplat till ditt konto.",
        Text::IdentityTaken => "Det externa kontot är redan kopplat till ett konto här.",
        Text::IdentityUnknown => {
            "Det externa kontot är inte kopplat till något konto här: logga in med ditt lösenord \
             och koppla det i dina kontoinställningar, eller registrera dig."
        }
        Text::IfNotYou(notice) => if_not_you(notice),
        Text::IfNotYouAsked(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "Om det inte var du är någon annan inloggad på ditt konto: använd inte koden, \
                 återställ kontot genast och välj ett nytt lösenord."
            }
            CodePurpose::ConfirmManaged => {
                "Ge inte koden till någon annan. Om du inte känner till det här, ge den inte \
                 till någon: utan den ändras ingenting."
            }
            CodePurpose::ConfirmNewAddress | CodePurpose::Recovery => {
                "Om det inte var du, använd inte koden: utan den ändras ingenting."
            }
        },
        Text::Imported => "Kontot har tagits över.",
        Text::KeepTheCode => "Ge inte koden till någon, vem som än frågar: vi ber aldrig om den.",
        Text::LastWayIn => "Utan det kan du inte längre logga in: välj först ett lösenord.",
        Text::KeepTheLink => {
            "Ge inte länken till någon, vem som än frågar, inte ens vår support. Om det inte var \
             du som bad om den, öppna den inte och skriv till vår support."
        }
        Text::LinkFor { goal: to, until } => {
            return format!(
                "Vår support har behandlat din begäran. Fram till den {} kan du öppna den här \
                 sidan för {}:",
                date(until),
                goal(to)
            );
        }
        Text::Locked { until } => {
            return format!("För många försök. Du kan försöka igen {}.", when(until));
        }
        Text::MailSent => {
            "Om kontot har den här adressen är ett mejl med en kod på väg. Titta även i \
             skräpposten."
        }
        Text::Managed => "Kontot är ändrat och utloggat överallt.",
        Text::ManagingStarted => "Skriv ditt eget lösenord för att fortsätta.",
        Text::Method(method) => match method {
            Method::CurrentPassword => "Nuvarande lösenord",
            Method::HintQuestion => "Säkerhetsfråga",
            Method::Manager => "Administratörens lösenord",
            Method::LinkedIdentity => "Kopplat externt konto",
            Method::NewEmail => "Kod till den nya e-postadressen",
            Method::NewPhone => "Kod till det nya telefonnumret",
            Method::Phone => "Kod via sms",
            Method::SecondFactor => "Andra faktor",
            Method::SecurityCode => "Säkerhetskod",
            Method::SecurityEmail => "Kod via e-post",
            Method::Support => "Supporten",
        },
        Text::Missed { method, times, at } => {
            let (by, times) = (words(&Text::Method(method)), count(times, "gång", "gånger"));
            return format!("{by}: fel {times}, senast den {}.", date(at));
        }
        Text::NameLooksTaken => {
            "Användarnamnet är förväxlingsbart med ett annat kontos: välj ett annat."
        }
        Text::NameMalformed => {
            "Det här är inget namn: skriv bokstäver och siffror, en e-postadress eller ett \
             telefonnummer."
        }
        Text::NameMixedScripts => {
            "Ett användarnamn har bokstäver ur ett enda alfabet: blanda inte flera."
        }
        Text::NameTaken => "Användarnamnet är upptaget: välj ett annat.",
        Text::NameTooLong { max } => {
            return format!("Namnet är för långt: ett användarnamn har högst {max} tecken.");
        }
        Text::NoAddress => "Ditt konto har ingen säkerhetsadress.",
        Text::NoSuchAccount => "Det finns inget sådant konto.",
        Text::NoSuchManager => "Det finns inget sådant konto som kan administrera ditt.",
        Text::NoWayBack => {
            "Ditt konto har varken säkerhetsadress eller säkerhetskod: utan lösenordet skulle ingen \
             komma in. Byt lösenord i kontots inställningar; då loggas alla andra ut."
        }
        Text::NoCase => "Det finns inget supportärende för kontot.",
        Text::NotAllowed => "Du får inte hantera det här kontot.",
        Text::NoPhone => "Ditt konto har inget telefonnummer.",
        Text::NotAUserName => {
            "Ett användarnamn får inte se ut som en e-postadress eller ett telefonnummer: välj ett \
             annat."
        }
        Text::NotHuman => "Visa först att du inte är en robot.",
        Text::NotOffered => "Det sättet finns inte här: välj ett annat.",
        Text::NothingToChange => "Du har inte ändrat något än.",
        Text::NothingToStop => "Det finns inget kvar att stoppa.",
        Text::NotYours => "Du administrerar inte det här kontot.",
        Text::OldPassword { set_at } => {
            return format!(
                "Du har haft ditt lösenord sedan den {}. Överväg att välja ett nytt.",
                day(set_at)
            );
        }
        Text::OrOpen => "Eller öppna den här sidan och fortsätt där:",
        Text::PasswordBreached => {
            "Det finns på en lista över läckta lösenord: välj ett som du inte använder någon \
             annanstans."
        }
        Text::PasswordCommon => "Det är ett av de lösenord som prövas först.",
        Text::PasswordControl => "Ett lösenord får inte innehålla tabbar eller radbrytningar.",
        Text::PasswordEmpty => "Lösenordet är tomt: skriv ett.",
        Text::PasswordGuessable => "Det är för lätt att gissa.",
        Text::PasswordMismatch => "Lösenorden är olika: skriv samma två gånger.",
        Text::PasswordNoDigit => "Det behöver en siffra.",
        Text::PasswordNoLowercase => "Det behöver en liten bokstav.",
        Text::PasswordNoSpecial => "Det behöver ett specialtecken, till exempel ! eller %.",
        Text::PasswordNoUppercase => "Det behöver en stor bokstav.",
        Text::PasswordOwnName => {
            "Det får inte innehålla ditt användarnamn, första delen av din e-postadress eller \
             tjänstens namn."
        }
        Text::PasswordOversized => "Lösenordet är alldeles för långt: skriv ett kortare.",
        Text::PasswordTooLong { max, len } => {
            return format!("Det får ha högst {max} tecken; det har {len}.");
        }
        Text::PasswordTooNew => {
            "Du har nyligen bytt lösenord utan det tidigare. Under några dagar räcker det inte \
             för att administrera andra konton."
        }
        Text::PasswordTooShort { min, len } => {
            return format!("Det behöver minst {min} tecken; det har {len}.");
        }
        Text::PasswordUsedBefore => "Du har använt det här lösenordet tidigare: välj ett nytt.",
        Text::PasswordVoid => {
            "Ditt lösenord gäller inte längre och alla är utloggade. Återställ kontot och välj ett \
             nytt lösenord."
        }
        Text::PhoneCountryRefused => {
            "Vi skickar inga sms till det landet: använd ett annat nummer."
        }
        Text::PhoneMalformed => {
            "Det här är inget telefonnummer: skriv \"+\", landsnumret och numret."
        }
        Text::PhoneNeedsCountry => "Börja numret med \"+\" och landsnumret, utan nolla efter det.",
        Text::PhoneNotMobile => {
            "Det här numret tar inte emot sms: använd numret till en mobiltelefon."
        }
        Text::PhoneTaken => "Telefonnumret hör till ett annat konto: välj ett annat.",
        Text::Proved => "Det är rätt. Fortsätt med nästa steg.",
        Text::ProvedAt { method, at } => {
            let by = words(&Text::Method(method));
            return format!(
                "{by}: rätt, vid en återställning av kontot, den {}.",
                date(at)
            );
        }
        Text::ProveTheRestFirst => "Gör de andra stegen först.",
        Text::Recovered => "Ditt nya lösenord gäller. Logga in med det.",
        Text::RecoveryStarted => "Välj hur du vill visa att kontot är ditt.",
        Text::Registered => "Välkommen! Ditt konto är klart och du är inloggad.",
        Text::SecondFactorAsked => "Skriv in en kod från din autentiseringsapp eller en reservkod.",
        Text::SecondFactorAlreadySet => "Ditt konto har redan en andra faktor. Ta bort den först.",
        Text::SecondFactorIssued => {
            "Läs in det här i din autentiseringsapp, skriv upp reservkoderna på papper och \
             skriv in en första kod från appen för att bekräfta. Inget av det visas igen."
        }
        Text::SecondFactorMistyped => {
            "Det är inte koden som din autentiseringsapp visar nu: titta igen, och se efter om \
             telefonens klocka går rätt."
        }
        Text::SecurityCodeAlreadySet => {
            "Ditt konto har redan en säkerhetskod. Den kan aldrig ändras."
        }
        Text::SecurityCodeIssued => {
            "Det här är din säkerhetskod. Den visas bara nu: skriv upp den på papper, förvara den \
             säkert och skriv in den en gång för att bekräfta."
        }
        Text::SecurityCodeMalformed => {
            "En säkerhetskod har 27 bokstäver och siffror i grupper om 4: jämför med ditt papper."
        }
        Text::SecurityCodeMistyped => {
            "Det är inte den säkerhetskod som visades: jämför med ditt papper, eller skapa en ny."
        }
        Text::SecurityCodeTypo => "Säkerhetskoden är felskriven: jämför med ditt papper.",
        Text::SessionEnded => "Du är inte längre inloggad: logga in igen.",
        Text::SignedIn => "Du är inloggad.",
        Text::SignedInAt { method, times, at } => {
            let (by, times) = (words(&Text::Method(method)), count(times, "gång", "gånger"));
            return format!("{by}: inloggad {times}, senast den {}.", date(at));
        }
        Text::Sms(sms) => short(sms).swedish,
        Text::Stopped => "Det är stoppat.",
        Text::SubAccountRegistered => {
            "Kontot är klart. Dess ägare kan logga in och bör välja ett eget lösenord."
        }
        Text::StoppedAt { at } => {
            return format!(
                "En ändring av ditt konto stoppades den {} med länken i ett mejl.",
                date(at)
            );
        }
        Text::Subject(topic) => subject(topic),
        Text::Suggestion(suggestion) => suggested(suggestion),
        Text::ToDisown => {
            "Öppna den här sidan för att genast logga ut alla och göra ditt lösenord ogiltigt:"
        }
        Text::TextSent => {
            "Om kontot har en telefon och det här användarnamnet är ett sms med en kod på väg. \
             Koden gäller i några minuter."
        }
        Text::TooLateToSignIn => {
            "Koden är för gammal för att logga in med. Välj ett nytt lösenord eller börja om."
        }
        Text::TooManyIdentities { max } => {
            return format!("Högst {max} externa konton kan kopplas: koppla först bort ett.");
        }
        Text::ToStop => "Öppna den här sidan för att stoppa det:",
        Text::TryAgainShortly => "Det gick inte just nu. Försök igen om en stund.",
        Text::Unproven => "Det du har visat räcker inte för den här ändringen.",
        Text::Warning(warning) => warned(warning),
        Text::WrongNameOrPassword { left } => {
            return format!("Användarnamnet eller lösenordet är fel. {}", tries(left));
        }
        Text::WrongProof { left: None } => "Det är fel.",
        Text::WrongProof { left: Some(left) } => {
            return format!("Det är fel. {}", tries(left));
        }
    };
    words.to_owned()
}

fn subject(topic: Topic) -> &'static str {
    match topic {
        Topic::AlreadyInUse => "Du har redan ett konto",
        Topic::Code(purpose) => match purpose {
            CodePurpose::ConfirmChange => "Din kod för att ändra ditt konto",
            CodePurpose::ConfirmManaged => "Din kod att ge till din administratör",
            CodePurpose::ConfirmNewAddress => "Din kod för att bekräfta den här adressen",
            CodePurpose::Recovery => "Din kod för att återställa ditt konto",
        },
        Topic::Notice(notice) => match notice {
            Notice::AccountDeleted => "Ditt konto har tagits bort",
            Notice::AccountDisabled => "Ditt konto har stängts av",
            Notice::AccountEnabled => "Ditt konto har öppnats igen",
            Notice::AccountRetired => "Ditt konto har stängts av vår support",
            Notice::BackupCodeUsed(_) => "En av dina reservkoder har använts",
            Notice::BackupCodesReplaced => "Dina reservkoder har bytts ut",
            Notice::CaseApproved(_) => "Vår support kommer snart att hjälpa till med ditt konto",
            Notice::CaseEnded => "Begäran till vår support har avslutats",
            Notice::CaseObjected => "Någon har invänt mot en begäran till vår support",
            Notice::CaseOpened(_) => "Vår support har fått en begäran om ditt konto",
            Notice::CaseRefused => "Vår support har avslagit en begäran",
            Notice::EmailChanged => "Din säkerhetsadress har ändrats",
            Notice::EmailChangedByManager => "Din administratör har ändrat din säkerhetsadress",
            Notice::EmailChangeFailed => "Din säkerhetsadress har inte ändrats",
            Notice::EmailChangeWaits(_) => "Din säkerhetsadress kommer att ändras",
            Notice::HintAnswered(_) => "Någon har svarat på din säkerhetsfråga",
            Notice::HintChanged => "Din säkerhetsfråga har ändrats",
            Notice::HintStopped => "Din säkerhetsfråga har stoppats",
            Notice::IdentityLinked => "Ett externt konto har kopplats till ditt",
            Notice::IdentityUnlinked => "Ett externt konto är inte längre kopplat till ditt",
            Notice::Locked(_) => "Någon försöker ta sig in på ditt konto",
            Notice::ManagerChanged => "Ditt konto har fått en administratör",
            Notice::ManagerEnded => "Ditt konto har inte längre någon administratör",
            Notice::PasswordChanged(_) => "Ditt lösenord har ändrats",
            Notice::PasswordStopped => "Ditt lösenord har stoppats",
            Notice::PasswordVoided => "Ditt lösenord gäller inte längre",
            Notice::PhoneChanged => "Ditt telefonnummer har ändrats",
            Notice::PhoneChangeFailed => "Ditt telefonnummer har inte ändrats",
            Notice::PhoneChangeWaits(_) => "Ditt telefonnummer kommer att ändras",
            Notice::PhoneRemoved => "Ditt telefonnummer har tagits bort",
            Notice::SecondFactorEnrolled => "Inloggningen kräver nu en andra faktor",
            Notice::SecondFactorMissed => "Någon har skrivit fel kod för din andra faktor",
            Notice::SecondFactorRemoved => "Din andra faktor har tagits bort",
            Notice::SecondFactorStopped => "Din andra faktor har stoppats",
            Notice::SecurityCodeSet => "Ditt konto har en säkerhetskod",
            Notice::SecurityCodeUsed => "Din säkerhetskod har använts",
            Notice::SecurityCodeWaits(_) => "Ditt konto får snart en säkerhetskod",
            Notice::SignedInOnce => "Någon har loggat in med en kod som vi skickade",
            Notice::SupportLinkSent => "Vår support har skickat en länk för ditt konto",
            Notice::UserNameChanged => "Ditt användarnamn har ändrats",
        },
        Topic::SupportLink => "Din länk från vår support",
    }
}
