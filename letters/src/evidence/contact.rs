//! Finds the person to whom an advert has one write: "apply to Mr J. Hargreaves".

use crate::pattern::pattern;

pattern!(
    CONTACT = r"\b(?:[Aa]ppl(?:y|ications?)|[Ww]rit(?:e|ing)|[Ll]etters?|CVs?|[Ss]end|[Ee]mail|[Cc]ontact|[Aa]ddressed|[Aa]ttention)\b[^.!?\n]{0,50}?\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Rev)\.? (?:[A-Z]\.? )*((?:[A-Z][\w’'-]+ )?(?:O’|O')?[A-Z][\w’'-]+)"
);

/// The person with title and surname.
pub fn contact(advert: &str) -> Option<String> {
    let found = CONTACT.captures(advert)?;
    let (title, name) = (found.get(1)?.as_str(), found.get(2)?.as_str());
    let surname = name.rsplit(' ').next()?;
    (surname.chars().count() > 1).then(|| format!("{title} {surname}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_whom_the_advert_names_is_addressed() {
        let check = |advert: &str, name: Option<&str>| assert_eq!(contact(advert).as_deref(), name, "{advert}");
        check("Apply in writing to Mr J. Hargreaves, Hollin Bank Farm.", Some("Mr Hargreaves"));
        check("Please send your CV and a letter to Mrs Anita Patel by Friday.", Some("Mrs Patel"));
        check("For a chat, contact Dr O'Neill on 0161.", Some("Dr O'Neill"));
        check("You will work beside Mr Jones.", None);
        check("Apply online.", None);
    }
}
