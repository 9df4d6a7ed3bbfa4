//! Why a CV cannot be read, and what to do about it.

/// Why a CV cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    TooLarge,
    WrongType,
    OldWord,
    Locked,
    NoText,
    NoLetters,
    Broken,
    TooLong,
    TooMuch,
    Busy,
}

impl Unreadable {
    const ALL: [Self; 11] = [
        Self::Empty,
        Self::TooLarge,
        Self::WrongType,
        Self::OldWord,
        Self::Locked,
        Self::NoText,
        Self::NoLetters,
        Self::Broken,
        Self::TooLong,
        Self::TooMuch,
        Self::Busy,
    ];

    /// What happened and what to do, for the student.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "Choose a file, or paste the text of your CV",
            Self::TooLarge => {
                "The file is larger than 2 MB. Save it without its pictures, or paste the text of your CV"
            }
            Self::WrongType => {
                "This is no PDF, no Word file (.docx) and no plain text. Save your CV as one of these, or paste its text"
            }
            Self::OldWord => {
                "This is a Word file of the old kind (.doc), or one with a password. Save it as .docx without a \
                 password, or paste its text"
            }
            Self::Locked => "This file has a password. Save it without one, or open it and paste its text",
            Self::NoText => {
                "There is no text in this file. If it is a scan, it is a picture: take the file that it was printed \
                 from, or paste the text of your CV"
            }
            Self::NoLetters => {
                "The text of this PDF cannot be read, because its fonts do not say which letters they show. Save your \
                 CV as a Word file, or paste its text"
            }
            Self::Broken => "This file is damaged or not complete. Save it again, or paste the text of your CV",
            Self::TooLong => "This is longer than 20 pages of text. Save your CV alone, or paste the part that counts",
            Self::TooMuch => "This file holds too much to be read here. Save your CV alone, or paste its text",
            Self::Busy => "Many CVs are being read at this moment. Send yours again in a few seconds",
        }
    }

    /// The name of a case, between processes.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// The case of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|case| case.name() == name)
    }
}
