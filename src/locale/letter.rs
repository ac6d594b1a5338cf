//! A message as its reader gets it: a subject, a plain body and an HTML body with the same words.
//!
//! One frame and the escaping of five characters are all the HTML that there is, so it is written
//! here and needs no engine.

use zeroize::Zeroizing;

use super::{Catalogue, Locale, Sms, Text, Topic};
use crate::message::{CodePurpose, Content, Message, Notice};

/// What a body is made of.
enum Block<'a> {
    Words(String),
    Code(&'a str),
    Link(&'a str),
}

/// A mail in one language.
pub(crate) struct Letter<'a> {
    catalogue: &'a Catalogue,
    locale: Locale,
    message: &'a Message,
}

impl<'a> Letter<'a> {
    pub(crate) const fn new(
        catalogue: &'a Catalogue,
        locale: Locale,
        message: &'a Message,
    ) -> Self {
        Self {
            catalogue,
            locale,
            message,
        }
    }

    fn words(&self, text: &Text<'_>) -> String {
        self.catalogue.words(self.locale, text)
    }

    pub(crate) fn subject(&self) -> String {
        self.words(&Text::Subject(match self.message.content() {
            Content::AlreadyInUse => Topic::AlreadyInUse,
            Content::Code { purpose, .. } => Topic::Code(*purpose),
            Content::Notice { notice, .. } => Topic::Notice(*notice),
            Content::SupportLink { .. } => Topic::SupportLink,
        }))
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let said = |text: Text<'_>| Block::Words(self.words(&text));
        let mut blocks = Vec::new();
        if let Some(name) = self.message.name() {
            blocks.push(said(Text::Greeting { name }));
        }
        let cancel = match self.message.content() {
            Content::AlreadyInUse => {
                blocks.push(said(Text::AlreadyInUse));
                None
            }
            Content::Code {
                purpose,
                code,
                link,
                cancel,
            } => {
                blocks.push(said(Text::CodeFor(*purpose)));
                blocks.push(Block::Code(code.expose()));
                if let Some(link) = link {
                    blocks.push(said(Text::OrOpen));
                    blocks.push(Block::Link(link.expose()));
                }
                // To a manager the code is told.
                if *purpose != CodePurpose::ConfirmManaged {
                    blocks.push(said(Text::KeepTheCode));
                }
                blocks.push(said(Text::IfNotYouAsked(*purpose)));
                cancel.as_ref()
            }
            Content::Notice { notice, at, cancel } => {
                let (notice, at) = (*notice, *at);
                blocks.push(said(Text::Happened { notice, at }));
                if let Some(label) = self.message.label() {
                    blocks.push(said(Text::Device { label }));
                }
                blocks.push(said(Text::IfNotYou(notice)));
                cancel.as_ref()
            }
            Content::SupportLink { goal, until, link } => {
                let (goal, until) = (*goal, *until);
                blocks.push(said(Text::LinkFor { goal, until }));
                blocks.push(Block::Link(link.expose()));
                blocks.push(said(Text::KeepTheLink));
                None
            }
        };
        if let Some(cancel) = cancel {
            let is_done = matches!(
                self.message.content(),
                Content::Notice { notice, .. } if notice.can_be_disowned()
            );
            blocks.push(said(match is_done {
                true => Text::ToDisown,
                false => Text::ToStop,
            }));
            blocks.push(Block::Link(cancel.expose()));
        }
        blocks
    }

    pub(crate) fn plain(&self) -> Zeroizing<String> {
        let blocks = self.blocks();
        let parts = blocks.iter().map(|block| match block {
            Block::Words(words) => Zeroizing::new(format!("{words}\n")),
            Block::Code(text) | Block::Link(text) => Zeroizing::new(format!("    {text}\n")),
        });
        let parts: Vec<_> = parts.collect();
        let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
        Zeroizing::new(parts.join("\n"))
    }

    /// For a phone: as little as does it.
    pub(crate) fn short(&self) -> Zeroizing<String> {
        let said = |sms| self.words(&Text::Sms(sms));
        Zeroizing::new(match self.message.content() {
            Content::AlreadyInUse => said(Sms::AlreadyInUse),
            Content::Code { purpose, code, .. } => {
                let words = said(Sms::Code(*purpose));
                format!("{words} {}", code.expose())
            }
            Content::Notice { notice, .. } if asks_to_act(*notice) => {
                format!("{}\n{}", self.subject(), said(Sms::IfNotYou))
            }
            // A link of support goes to a mailbox.
            Content::Notice { .. } | Content::SupportLink { .. } => self.subject(),
        })
    }

    pub(crate) fn html(&self) -> Zeroizing<String> {
        let mut body = Zeroizing::new(String::new());
        for block in self.blocks() {
            let part = Zeroizing::new(match block {
                Block::Words(words) => format!("<p>{}</p>\n", escape(&words)),
                Block::Code(code) => format!(
                    "<p style=\"font-size:1.5em;letter-spacing:.1em\"><strong>{}</strong></p>\n",
                    escape(code)
                ),
                Block::Link(url) => {
                    let url = Zeroizing::new(escape(url));
                    format!("<p><a href=\"{0}\">{0}</a></p>\n", *url)
                }
            });
            body.push_str(&part);
        }
        Zeroizing::new(format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title>\
             </head>\n<body>\n{}</body>\n</html>\n",
            escape(self.locale.as_str()),
            escape(&self.subject()),
            *body
        ))
    }
}

/// Whether the reader of a notice has something to do if it was somebody else.
const fn asks_to_act(notice: Notice) -> bool {
    !matches!(
        notice,
        Notice::AccountDeleted
            | Notice::EmailChangeFailed
            | Notice::HintStopped
            | Notice::Locked(_)
            | Notice::PasswordStopped
            | Notice::PhoneChangeFailed
    )
}

/// Text for HTML, inside and outside of attributes (OWASP, Cross Site Scripting Prevention).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
