//! Reads the picture's style sheet: which declarations hold for an element.
//!
//! Rule: only as much of CSS as `static/picture.css` uses: tags, classes, `[name="value"]` and `[name*="part"]`, one
//! inside the other; the more special selector wins, then the later one. Selectors of states (`:hover`) are left aside,
//! because a picture is in none; the tests hold that nothing else is.

use super::tree::Element;

/// A style sheet, taken apart.
pub struct Sheet<'a> {
    rules: Vec<Rule<'a>>,
    /// Custom properties of `:root`.
    tokens: Vec<Declaration<'a>>,
    /// Selectors that were left aside.
    pub unread: Vec<&'a str>,
}

/// A property and its value.
pub type Declaration<'a> = (&'a str, &'a str);

struct Rule<'a> {
    /// From the outermost element to the one that is meant.
    path: Vec<Vec<Test<'a>>>,
    /// How special it is: tests of classes and attributes, then tags.
    weight: (usize, usize),
    declarations: Vec<Declaration<'a>>,
}

enum Test<'a> {
    Tag(&'a str),
    Class(&'a str),
    Is(&'a str, &'a str),
    Contains(&'a str, &'a str),
}

impl<'a> Sheet<'a> {
    pub fn parse(text: &'a str) -> Sheet<'a> {
        let mut sheet = Sheet { rules: vec![], tokens: vec![], unread: vec![] };
        let mut rest = text;
        while let Some((head, body)) = rest.split_once('{') {
            let head = head.rsplit("*/").next().unwrap_or(head).trim();
            if head.starts_with('@') {
                // A block of blocks. What the system asks for is not asked in a picture.
                rest = after_block(body);
                continue;
            }
            let (block, after) = body.split_once('}').unwrap_or((body, ""));
            rest = after;
            sheet.take(head, block);
        }
        sheet.rules.sort_by_key(|rule| rule.weight);
        sheet
    }

    fn take(&mut self, head: &'a str, block: &'a str) {
        let declarations =
            || block.split(';').filter_map(|line| line.split_once(':')).map(|(n, v)| (n.trim(), v.trim()));
        if head == ":root" {
            return self.tokens.extend(declarations());
        }
        for selector in head.split(',').map(str::trim) {
            match selector.split_ascii_whitespace().map(tests).collect::<Option<Vec<_>>>() {
                Some(path) => {
                    self.rules.push(Rule { weight: weight(&path), path, declarations: declarations().collect() })
                }
                None => self.unread.push(selector),
            }
        }
    }

    /// The tokens of a theme: of `light-dark(a, b)` one of the two.
    pub fn tokens(&self, is_dark: bool) -> impl Iterator<Item = Declaration<'a>> {
        self.tokens.iter().map(move |&(name, value)| {
            let both = value.strip_prefix("light-dark(").and_then(|both| both.strip_suffix(')')?.split_once(", "));
            (name, both.map_or(value, |(light, dark)| if is_dark { dark } else { light }))
        })
    }

    /// What holds for an element inside of others, the outermost first; later ones take the place of those before.
    pub fn declarations(&self, element: &Element, around: &[&Element]) -> impl Iterator<Item = Declaration<'a>> {
        let holds = |rule: &&Rule| match rule.path.split_last() {
            Some((last, outer)) => matches(last, element) && is_inside(outer, around),
            None => false,
        };
        self.rules
            .iter()
            .filter(holds)
            .flat_map(|rule| rule.declarations.iter().copied())
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// What follows a block whose opening brace was read, with blocks in it.
fn after_block(body: &str) -> &str {
    let mut depth = 1;
    for (at, c) in body.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &body[at + 1..];
        }
    }
    ""
}

/// Takes `rect.a.b[c="d"]` apart; none if there is something else in it.
fn tests(compound: &str) -> Option<Vec<Test<'_>>> {
    let mut found = vec![];
    let mut rest = compound;
    while let Some(first) = rest.chars().next() {
        let body = &rest[first.len_utf8()..];
        if first == '[' {
            let (inside, after) = body.split_once(']')?;
            let (name, value) = inside.split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            found.push(name.strip_suffix('*').map_or(Test::Is(name, value), |name| Test::Contains(name, value)));
            rest = after;
            continue;
        }
        let (name, is_class) = if first == '.' { (body, true) } else { (rest, false) };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
        if end == 0 {
            return None;
        }
        found.push(if is_class { Test::Class(&name[..end]) } else { Test::Tag(&name[..end]) });
        rest = &name[end..];
    }
    (!found.is_empty()).then_some(found)
}

fn weight(path: &[Vec<Test>]) -> (usize, usize) {
    let all = || path.iter().flatten();
    let tags = all().filter(|test| matches!(test, Test::Tag(_))).count();
    (all().count() - tags, tags)
}

fn matches(tests: &[Test], element: &Element) -> bool {
    tests.iter().all(|test| match test {
        Test::Tag(tag) => element.tag == *tag,
        Test::Class(class) => element.has_class(class),
        Test::Is(name, value) => element.get(name) == Some(value),
        Test::Contains(name, part) => element.get(name).is_some_and(|value| value.contains(part)),
    })
}

/// Does each of these stand inside the one before, somewhere around?
fn is_inside(path: &[Vec<Test>], around: &[&Element]) -> bool {
    let mut around = around.iter().rev();
    path.iter().rev().all(|tests| around.any(|element| matches(tests, element)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: &str, class: &str) -> Element {
        Element { tag: tag.into(), attributes: vec![("class".into(), class.into())], children: vec![] }
    }

    fn last(sheet: &Sheet, element: &Element, around: &[&Element], name: &str) -> Option<String> {
        sheet.declarations(element, around).filter(|(n, _)| *n == name).last().map(|(_, value)| value.to_owned())
    }

    #[test]
    fn the_more_special_selector_wins_and_then_the_later_one() {
        let sheet = Sheet::parse(
            "/* a */ .a .b, .x { fill: one; }\n@media (y) { :root { --c: no; } .b { fill: no; } }\n\
             .b { fill: two; stroke: early }\n.b { stroke: late; }\nsvg rect { fill: three; }\n.b:hover { fill: four; }\n\
             g[class*=\"a-\"] .b { stroke: part; }\n:root { --c: yes; --d: light-dark(day, night); }",
        );
        let (outer, inner) = (element("g", "z a"), element("rect", "b"));
        assert_eq!(last(&sheet, &inner, &[&outer], "fill").as_deref(), Some("one"));
        assert_eq!(last(&sheet, &inner, &[], "fill").as_deref(), Some("two"));
        assert_eq!(last(&sheet, &inner, &[&outer], "stroke").as_deref(), Some("late"));
        assert_eq!(last(&sheet, &inner, &[&element("g", "a-1")], "stroke").as_deref(), Some("part"));
        assert_eq!(sheet.unread, [".b:hover"]);
        assert_eq!(sheet.tokens(true).collect::<Vec<_>>(), [("--c", "yes"), ("--d", "night")]);
        assert_eq!(sheet.tokens(false).last(), Some(("--d", "day")));
    }

    #[test]
    fn a_path_is_found_through_elements_between() {
        let sheet = Sheet::parse(".a .b .c { fill: x; }");
        let [a, b, c, z] = ["a", "b", "c", "z"].map(|class| element("g", class));
        assert_eq!(last(&sheet, &c, &[&a, &z, &b, &z], "fill").as_deref(), Some("x"));
        assert_eq!(last(&sheet, &c, &[&b, &a], "fill"), None);
    }
}
