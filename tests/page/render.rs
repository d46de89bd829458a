//! `replscope render`: what it writes, where to, and what it says when it cannot.

use resvg::tiny_skia::Pixmap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn render(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replscope"));
    command.arg("render").args(args).stdin(Stdio::null()).output().expect("the program runs")
}

/// What it wrote to standard output.
fn made(args: &[&str]) -> Vec<u8> {
    let output = render(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{args:?}: {said}");
    output.stdout
}

fn text(args: &[&str]) -> String {
    String::from_utf8(made(args)).expect("it is text")
}

fn failure(args: &[&str]) -> (Option<i32>, String) {
    let output = render(args);
    assert!(output.stdout.is_empty(), "{args:?}");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("replscope-render-{}-{name}", std::process::id()))
}

#[test]
fn every_format_is_written_to_standard_output() {
    let starts: [(&str, &[u8]); 9] = [
        ("svg", b"<svg xmlns="),
        ("png", b"\x89PNG\r\n"),
        ("gif", b"GIF89a"),
        ("mermaid", b"---\ntitle: \"Losing the link\"\n---\nsequenceDiagram\n"),
        ("markdown", b"# Losing the link\n"),
        ("csv", b"\"step\",\"seconds\""),
        ("json", b"{\n  \"format\": 1,"),
        ("pcap", b"\xd4\xc3\xb2\xa1"),
        ("html", b"<!doctype html>"),
    ];
    for (format, start) in starts {
        let range = ["--from", "2s", "--to", "2.1s"];
        let bytes =
            made(&[&["losing-the-link", "--at", "2s", "--format", format, "--width", "400"][..], &range].concat());
        assert!(bytes.starts_with(start), "{format}: {:?}", String::from_utf8_lossy(&bytes[..40]));
    }
}

#[test]
fn a_file_a_name_and_a_link_are_the_same_lesson() {
    let name = text(&["losing-the-link", "--at", "5.8s"]);
    for source in
        ["static/lessons/05-losing-the-link.txt", "05-losing-the-link.txt", "#/lesson/losing-the-link?at=5.8s"]
    {
        assert_eq!(text(&[source, "--at", "5.8s"]), name, "{source}");
    }
    assert_eq!(text(&["https://host/replscope/#/lesson/losing-the-link?at=5.8s"]), name);
    let dark = text(&["?view=tape&theme=dark#/lesson/losing-the-link?at=5.8s"]);
    assert_eq!(dark, text(&["losing-the-link", "--at", "5.8s", "--view", "tape", "--theme", "dark"]));
    assert!(text(&["tests/recordings/partial.jsonl", "--at", "end"]).contains("replica"));
    assert!(text(&["#/lab/a-chain?at=30s"]).contains("A chain · 00:30.000"));
}

#[test]
fn a_file_is_written_and_its_ending_says_what_it_is() {
    for (name, start) in [("a.svg", "<svg"), ("a.md", "# "), ("a.mmd", "---"), ("a.csv", "\"step\"")] {
        let path = scratch(name);
        let to = path.to_str().unwrap();
        assert!(made(&["losing-the-link", "--out", to]).is_empty());
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(start), "{name}");
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn what_cannot_be_rendered_is_said_with_what_is_accepted() {
    let cases: [(&[&str], i32, &[&str]); 12] = [
        (&["nosuch"], 2, &["nosuch is no file and no lesson", "losing-the-link"]),
        (&["losing-the-link", "--format", "bmp"], 2, &["bmp", "svg, png, gif, mermaid"]),
        (&["losing-the-link", "--view", "moon"], 2, &["moon", "stage, tape, sequence"]),
        (&["losing-the-link", "--at", "soon"], 2, &["--at soon", "accepted: a time", "slides"]),
        (&["losing-the-link", "--at", "!"], 2, &["--at !", "accepted: a time such as 7.214s"]),
        (&["losing-the-link", "--at", "900s"], 2, &["--at 900.000s", "ends at 10.000s"]),
        (&["losing-the-link", "--from", "3s", "--to", "2s", "--format", "csv"], 2, &["--from is later than --to"]),
        (&["losing-the-link", "--width", "10"], 2, &["10", "240"]),
        (&["losing-the-link", "--format", "gif", "--transparent"], 2, &["--transparent", "svg, png"]),
        (&["#v1:z:AAAA"], 2, &["damaged"]),
        (&["#/glossary-of-what"], 2, &["no place here"]),
        (&["losing-the-link", "--out", "/nonexistent/a.svg"], 1, &["/nonexistent/a.svg cannot be written"]),
    ];
    for (args, status, said) in cases {
        let (code, message) = failure(args);
        assert_eq!(code, Some(status), "{args:?}: {message}");
        for part in said {
            assert!(message.contains(part), "{args:?} does not say {part}: {message}");
        }
    }
    let path = scratch("broken.txt");
    std::fs::write(&path, "title T\nnode a\n").unwrap();
    let (code, message) = failure(&[path.to_str().unwrap()]);
    assert!(code == Some(1) && message.contains("line 2"), "{message}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn pixels_are_those_of_the_drawing() {
    let at = ["losing-the-link", "--at", "5.8s", "--format", "png"];
    let light = Pixmap::decode_png(&made(&at)).unwrap();
    assert_eq!((light.width(), light.height()), (960, 480));
    let colour = |pixels: &Pixmap, x, y| {
        let pixel = pixels.pixel(x, y).unwrap().demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    };
    // The ground, and the bar of the master's card: the colours of the page.
    assert_eq!(colour(&light, 3, 3), [0xfb, 0xfa, 0xf7, 255]);
    let bar = (0..480).filter(|y| colour(&light, 50, *y) == [0xc4, 0x35, 0x2c, 255]).count();
    assert!(bar > 150, "{bar}");
    let dark = made(&[&at[..], &["--theme", "dark", "--transparent", "--scale", "2"]].concat());
    let dark = Pixmap::decode_png(&dark).unwrap();
    assert_eq!((dark.width(), dark.height(), colour(&dark, 3, 3)[3]), (1920, 960, 0));
    assert_eq!(colour(&dark, 101, 480), [0xff, 0x6b, 0x61, 255]);
    // The text is there: letters of our own fonts, without any of the system's.
    let ink = light.pixels().iter().filter(|p| p.red() < 60 && p.green() < 60 && p.blue() < 60).count();
    assert!(ink > 1_000, "{ink} dark pixels");
}

#[test]
fn an_animation_moves_and_is_bounded() {
    let bytes = made(&["losing-the-link", "--from", "5.8s", "--to", "5.82s", "--format", "gif", "--width", "480"]);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(&bytes[..]).unwrap();
    let size = (u32::from(decoder.width()), u32::from(decoder.height()));
    let (mut frames, mut hundredths) = (0, 0);
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let (right, bottom) = (frame.left + frame.width, frame.top + frame.height);
        assert!(u32::from(right) <= size.0 && u32::from(bottom) <= size.1);
        assert!(frames == 0 || u32::from(frame.width) * u32::from(frame.height) < size.0 * size.1);
        frames += 1;
        hundredths += u32::from(frame.delay);
    }
    assert!(frames >= 4 && hundredths > 200, "{frames} frames, {hundredths}");
    let (code, said) = failure(&["#/lab/two-levels?at=300s", "--format", "gif"]);
    assert!(code == Some(2) && said.contains("accepted: 60 s"), "{said}");
}
