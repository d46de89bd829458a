//! What to write into a documentation page so that it shows a moment: for each tool in the tool's own words.
//!
//! Rule: a snippet can be copied as it is. It needs nothing installed in the tool, and what stands in it is quoted by the
//! rules of its language. `docs/embedding/` says more about each tool.

use super::share::Theme;

/// What a page is written with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Html,
    /// The element of `embed.js`, in HTML.
    Element,
    MdBook,
    Docusaurus,
    VitePress,
    MkDocs,
    Sphinx,
    /// A link with a picture, where nothing else is let in.
    Markdown,
}

impl Tool {
    pub const ALL: [(Tool, &'static str); 8] = [
        (Tool::Html, "HTML: a frame"),
        (Tool::Element, "HTML: the element <repl-scope>"),
        (Tool::MdBook, "mdBook"),
        (Tool::Docusaurus, "Docusaurus"),
        (Tool::VitePress, "VitePress"),
        (Tool::MkDocs, "MkDocs Material"),
        (Tool::Sphinx, "Sphinx"),
        (Tool::Markdown, "Markdown: a picture that leads here"),
    ];
}

/// A moment, and how it is to be shown.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// The page's address without query and hash.
    pub base: String,
    /// Where it leads, with `#`.
    pub hash: String,
    pub title: String,
    /// The name of a built-in lesson, if it is one: there is a picture of it.
    pub lesson: Option<String>,
    pub theme: Theme,
    pub questions: bool,
    /// px
    pub width: u32,
    pub height: u32,
}

impl Snippet {
    /// The address of the embedded form.
    pub fn address(&self) -> String {
        let theme = theme_name(self.theme);
        let questions = if self.questions { "&questions=on" } else { "" };
        format!("{}?embed&theme={theme}{questions}{}", self.base, self.hash)
    }

    /// The snippet for a tool.
    pub fn text(&self, tool: Tool) -> String {
        match tool {
            Tool::Html | Tool::MdBook | Tool::VitePress | Tool::MkDocs => self.frame("></iframe>"),
            Tool::Docusaurus => self.frame(" />"),
            Tool::Element => self.element(),
            Tool::Sphinx => format!(".. raw:: html\n\n   {}", self.frame("></iframe>").replace('\n', "\n   ")),
            Tool::Markdown => self.link(),
        }
    }

    fn frame(&self, end: &str) -> String {
        let (src, title) = (quoted(&self.address()), quoted(&self.title));
        let Snippet { width, height, .. } = self;
        format!(
            "<iframe src=\"{src}\"\n  title=\"{title}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\"{end}"
        )
    }

    fn element(&self) -> String {
        let (base, title) = (quoted(&self.base), quoted(&self.title));
        let moment = self.hash.split_once("?at=").map_or("", |(_, at)| at);
        let which = match (&self.lesson, moment) {
            (Some(name), "") => format!("lesson=\"{name}\""),
            (Some(name), at) => format!("lesson=\"{name}\" at=\"{}\"", quoted(at)),
            (None, _) => format!("link=\"{}\"", quoted(&self.hash)),
        };
        let theme = theme_name(self.theme);
        let questions = if self.questions { " questions=\"on\"" } else { "" };
        let way = quoted(&format!("{}{}", self.base, self.hash));
        format!(
            "<script src=\"{base}embed.js\" async></script>\n<repl-scope {which} theme=\"{theme}\"{questions}\n  title=\"{title}\">\n  <a href=\"{way}\">{title}</a>\n</repl-scope>"
        )
    }

    fn link(&self) -> String {
        // In the words of a link these would end it.
        let title: String =
            self.title.chars().flat_map(|c| "[]\\".contains(c).then_some('\\').into_iter().chain([c])).collect();
        let words = match &self.lesson {
            Some(name) => format!("![{title}]({}pictures/{name}-light.svg)", self.base),
            None => title,
        };
        format!("[{words}]({}{})", self.base, self.hash)
    }
}

fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// For the value of an attribute, and for text, of HTML.
fn quoted(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn snippet() -> Snippet {
        Snippet {
            base: "https://docs.example/replscope/".into(),
            hash: "#/lesson/losing-the-link?at=7.214s".into(),
            title: "Losing the [link] & \"more\"".into(),
            lesson: Some("losing-the-link".into()),
            theme: Theme::Auto,
            questions: true,
            width: 720,
            height: 440,
        }
    }

    #[test]
    fn snippets_for_every_tool() {
        let all: Vec<String> =
            Tool::ALL.iter().map(|(tool, name)| format!("{name}\n{}\n", snippet().text(*tool))).collect();
        expect![[r#"
            HTML: a frame
            <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
              title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy"></iframe>

            HTML: the element <repl-scope>
            <script src="https://docs.example/replscope/embed.js" async></script>
            <repl-scope lesson="losing-the-link" at="7.214s" theme="auto" questions="on"
              title="Losing the [link] &amp; &quot;more&quot;">
              <a href="https://docs.example/replscope/#/lesson/losing-the-link?at=7.214s">Losing the [link] &amp; &quot;more&quot;</a>
            </repl-scope>

            mdBook
            <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
              title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy"></iframe>

            Docusaurus
            <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
              title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy" />

            VitePress
            <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
              title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy"></iframe>

            MkDocs Material
            <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
              title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy"></iframe>

            Sphinx
            .. raw:: html

               <iframe src="https://docs.example/replscope/?embed&amp;theme=auto&amp;questions=on#/lesson/losing-the-link?at=7.214s"
                 title="Losing the [link] &amp; &quot;more&quot;" width="720" height="440" loading="lazy"></iframe>

            Markdown: a picture that leads here
            [![Losing the \[link\] & "more"](https://docs.example/replscope/pictures/losing-the-link-light.svg)](https://docs.example/replscope/#/lesson/losing-the-link?at=7.214s)
        "#]].assert_eq(&all.join("\n"));
    }

    #[test]
    fn what_a_link_carries_is_carried_along() {
        let carried = Snippet { hash: "#v1:p:AAAA".into(), lesson: None, questions: false, ..snippet() };
        assert!(carried.text(Tool::Html).contains("?embed&amp;theme=auto#v1:p:AAAA\""));
        assert!(carried.text(Tool::Element).contains("<repl-scope link=\"#v1:p:AAAA\" theme"));
        assert!(carried.text(Tool::Markdown).ends_with("](https://docs.example/replscope/#v1:p:AAAA)"));
    }
}
