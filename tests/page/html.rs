//! Just enough reading of the HTML that Yew writes: tags and their attributes.

/// An opening tag.
#[derive(Debug)]
pub struct Tag {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub text: String,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Every opening tag of a rendered page, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if rest.starts_with(['/', '!']) {
            continue;
        }
        let (tag, after) = tag(rest);
        tags.push(tag);
        rest = after;
    }
    tags
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find([' ', '>', '/']).expect("a tag ends");
    let mut tag = Tag { name: text[..end].into(), attributes: Vec::new(), text: String::new() };
    let mut rest = text[end..].trim_start();
    while !rest.starts_with(['>', '/']) {
        let stop = rest.find(['=', ' ', '>']).expect("an attribute ends");
        let name = rest[..stop].to_owned();
        rest = rest[stop..].trim_start();
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').expect("a value ends");
            value = quoted[..close].replace("&quot;", "\"").replace("&amp;", "&");
            rest = quoted[close + 1..].trim_start();
        }
        tag.attributes.push((name, value));
    }
    let after = &rest[rest.find('>').expect("a tag ends") + 1..];
    tag.text = after[..after.find('<').unwrap_or(after.len())].to_owned();
    (tag, after)
}
