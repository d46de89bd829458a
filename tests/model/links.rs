//! Links come from anywhere: none makes the reader panic, and what can be read is written as it was.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use replscope::story::{Address, Page, Presentation, Theme, lesson_texts};

/// A link that brings its lesson along, as the page makes it.
fn carried() -> String {
    let (file, text) = lesson_texts()[3];
    let bytes: Vec<u8> = [file, text]
        .into_iter()
        .flat_map(|part| {
            let len = part.len();
            let varint = if len < 128 { vec![len as u8] } else { vec![len as u8 | 0x80, (len >> 7) as u8] };
            [varint, part.as_bytes().to_vec()].concat()
        })
        .chain([0])
        .collect();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let packed = bytes.chunks(3).flat_map(|chunk| {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |n| char::from(alphabet[(word >> (18 - 6 * n)) as usize & 63]))
    });
    format!("#v1:p:{}", packed.collect::<String>())
}

#[test]
fn the_form_of_a_carried_lesson_is_frozen() {
    // Built here by hand: text, length before it; then no moment; then base64url.
    let link = carried();
    let page = Page::parse(&link).expect("links of today open in every later release");
    let Page::Carried { lesson, at } = &page else { panic!("another page") };
    assert_eq!((lesson.file.as_str(), lesson.text.as_str(), at), (lesson_texts()[3].0, lesson_texts()[3].1, &None));
    // It is written shorter today.
    let today = page.hash();
    assert!(today.starts_with("#v1:z:") && today.len() < link.len(), "{today}");
    assert_eq!(Page::parse(&today), Ok(page));
}

fn nearly_a_hash() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => select(vec![
            "#", "/", "#/", "lesson", "/lesson/", "losing-the-link", "?at=", "&", "7.214s", "0s", "end", "v1", ":p:",
            "v1:p:", "v2:", ":", "AAAA", "=", "%20", "…",
        ]).prop_map(String::from),
        1 => any::<String>(),
    ];
    vec(part, 0..7).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_address_opens_or_says_why_not(query in ".{0,40}", hash in nearly_a_hash()) {
        match Address::parse(&query, &hash) {
            Ok(address) => {
                // What was understood is written so that it is understood alike.
                let written = address.page.hash();
                prop_assert_eq!(Page::parse(&written), Ok(address.page));
            }
            Err(error) => {
                let said = error.to_string();
                prop_assert!(said.len() < 400 && said.contains(' '), "{}", said);
            }
        }
    }

    #[test]
    fn presentation_takes_what_it_knows_from_any_query(
        switches in vec(select(vec!["embed", "embed=0", "theme=dark", "theme=light", "theme=x", "other=1", ""]), 0..5),
    ) {
        let presentation = Presentation::parse(&format!("?{}", switches.join("&")));
        prop_assert_eq!(presentation.embed, switches.contains(&"embed"));
        let mut themes = switches.iter().filter_map(|switch| match *switch {
            "theme=dark" => Some(Theme::Dark),
            "theme=light" => Some(Theme::Light),
            _ => None,
        });
        prop_assert_eq!(presentation.theme, themes.next_back().unwrap_or(Theme::Auto));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_short_link_is_never_another_lesson(at in any::<Index>(), by in "[A-Za-z0-9_-]{0,3}", removed in 0..4usize) {
        let page = Page::parse(&carried()).unwrap();
        let Page::Carried { lesson, .. } = &page else { panic!("another page") };
        let whole = page.hash();
        let mut link = whole.clone();
        let start = "#v1:z:".len() + at.index(link.len() - "#v1:z:".len());
        link.replace_range(start..(start + removed).min(link.len()), &by);
        match Page::parse(&link) {
            Ok(Page::Carried { lesson: opened, .. }) => prop_assert_eq!(&opened.text, &lesson.text),
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(error) => prop_assert!(error.to_string().contains("damaged"), "{}", error),
        }
    }

    #[test]
    fn a_damaged_link_opens_or_says_why_not(at in any::<Index>(), by in "[A-Za-z0-9_:=%-]{0,3}", removed in 0..4usize) {
        let mut link = carried();
        let start = at.index(link.len());
        link.replace_range(start..(start + removed).min(link.len()), &by);
        if let Err(error) = Page::parse(&link) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
