//! Questions: the page holds before it shows, asks, says why, and goes on.

use crate::server::Wasm;
use crate::window::{Window, visit, visit_with};
use replscope::story::{Carried, Lesson, Page};

const RIGHT: &str = "\u{E014}";
const DOWN: &str = "\u{E015}";
const ENTER: &str = "\u{E007}";
const SPACE: &str = " ";
const ASKED: &str = "return !!document.querySelector('.question')";

const TEXT: &str = "title Two replicas\nsummary None.\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof a\n\
    config * repl-diskless-sync no\nscale backlog 160 block 32\nat 3s cut a c\nat 3.5s a> SET cart:9 \"3 items\"\n\
    at 4s heal a c\nend 6s\n\
    ask best before heal a c\n  Which one would you promote?\n  point node ahead\n  It has **most** of the stream.\n\
    ask caret before a answers PSYNC from c partial\n  Where will c be in the end?\n  point offset of c at end\n  Where a is.\n\
    ask answer before a answers PSYNC from c partial\n  What does the master answer?\n\
    \x20 - +FULLRESYNC and a snapshot  is full\n    The byte is still there.\n\
    \x20 - +CONTINUE  is partial\n    The byte it lacks is in the backlog.\n";

fn page() -> String {
    let (file, text) = ("two.txt".to_string(), TEXT.to_string());
    let lesson = Lesson::parse(&file, &text).expect("it is a lesson");
    Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: None }.hash()
}

/// Goes on by steps until a question is there.
async fn to_the_question(window: &Window) {
    for _ in 0..200 {
        if window.run(ASKED).await.as_bool() == Some(true) {
            return;
        }
        // Not once more than needed: who is held by the question is led to it.
        let step = "if (!document.querySelector('.question')) document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))";
        window.run(step).await;
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no question came");
}

async fn verdict(window: &Window, element: &str, said: &str) {
    window.until(said, &format!("return document.querySelector('{element}')?.textContent === '{said}'")).await;
}

#[test]
fn a_lesson_asks_with_the_keyboard_alone() {
    visit((1440, 900), &page(), Wasm::Serve, async |window| {
        to_the_question(window).await;
        window.until("the player keeps the focus", "return document.activeElement.className === 'player'").await;
        let at = window.text("return document.querySelector('.clock').textContent").await;
        // Who wants to go on is led to the question, and nothing else moves.
        window.press(RIGHT).await;
        window.until("the first answer has the focus", "return document.activeElement.type === 'radio'").await;
        assert_eq!(window.text("return document.querySelector('.clock').textContent").await, at);
        // node-a, node-b, node-c: b has most.
        window.press(SPACE).await;
        window.press(DOWN).await;
        window.press(ENTER).await;
        verdict(window, ".verdict .good", "Right.").await;
        window.until("the way on has the focus", "return document.activeElement.textContent === 'Continue'").await;
        assert!(window.text("return document.querySelector('.verdict').textContent").await.contains("It is node-b."));
        window.press(ENTER).await;
        window.until("the player has the focus", "return document.activeElement.className === 'player'").await;
        // The caret's question: moved to where it is wrong.
        to_the_question(window).await;
        window.press(RIGHT).await;
        window.until("the caret has the focus", "return document.activeElement.type === 'range'").await;
        window.press(RIGHT).await;
        window.press(ENTER).await;
        verdict(window, ".verdict .bad", "Not so.").await;
        // The next one is asked at the same step.
        window.press(ENTER).await;
        window.until("the next question is there", "return document.querySelectorAll('.choice').length === 2").await;
    });
}

#[test]
fn a_wrong_answer_says_why_and_the_end_says_what_was_predicted() {
    visit((1440, 900), &page(), Wasm::Serve, async |window| {
        to_the_question(window).await;
        // Pointing at a card answers too.
        window
            .run("document.querySelectorAll('.card')[2].dispatchEvent(new MouseEvent('click', { bubbles: true }))")
            .await;
        window.until("it is chosen", "return document.querySelectorAll('.choice input')[2].checked").await;
        window.click(".question-buttons button").await;
        verdict(window, ".verdict .bad", "Not so.").await;
        window.click(".question-buttons button").await;
        to_the_question(window).await;
        // The second is skipped.
        window.click(".question-buttons button:last-child").await;
        window.until("choices", "return document.querySelectorAll('.choice').length === 2").await;
        window.click(".choice input").await;
        window.click(".question-buttons button").await;
        verdict(window, ".verdict .bad", "Not so.").await;
        let said = window.text("return document.querySelector('.verdict').textContent").await;
        assert!(said.contains("The byte is still there.") && said.contains("+CONTINUE"), "{said}");
        assert_eq!(window.number("return document.querySelectorAll('.is-wrong').length").await, 1.0);
    });
}

#[test]
fn the_caret_is_dragged_on_the_tape() {
    visit((1440, 900), &page(), Wasm::Serve, async |window| {
        // Past the question before it.
        to_the_question(window).await;
        window.click(".question-buttons button:last-child").await;
        to_the_question(window).await;
        const VALUE: &str = "return Number(document.querySelector('.caret-question input').value)";
        const SIGN: &str =
            "return Number(document.querySelector('.guess.is-open text').textContent.replace(/[^0-9]/g, ''))";
        let before = window.number(VALUE).await;
        assert_eq!(window.number(SIGN).await, before);
        let place = "const box = document.querySelector('.guess.is-open .sign').getBoundingClientRect();";
        let from = (
            window.number(&format!("{place} return box.left + box.width / 2")).await,
            window.number(&format!("{place} return box.top + box.height / 2")).await,
        );
        let pitch = window
            .number(
                "const e = document.querySelector('.segment'), box = e.querySelector('.all').getBoundingClientRect(); \
                 return (box.width + 1.5) / (e.dataset.end - e.dataset.start + 1)",
            )
            .await;
        window.drag(from, (from.0 + 20.0 * pitch, from.1 + 30.0)).await;
        let after = window.number(VALUE).await;
        assert!((after - before - 20.0).abs() <= 2.0, "{before} to {after}");
        assert_eq!(window.number(SIGN).await, after);
        // The field moves the sign as well.
        window.focus(".caret-question input").await;
        window.press(RIGHT).await;
        window.until("the sign follows", &format!("{} === {}", SIGN, after + 1.0)).await;
        window.press(ENTER).await;
        verdict(window, ".verdict .bad", "Not so.").await;
        window.until("the right place is shown", "return !!document.querySelector('.guess.is-right')").await;
        assert_eq!(window.number("return document.querySelectorAll('.guess.is-open').length").await, 0.0);
    });
}

#[test]
fn a_teacher_turns_questions_off_and_an_embedded_page_asks_only_if_it_is_told_to() {
    for (query, asks) in [("?questions=off", false), ("?embed", false)] {
        visit_with((1440, 900), &format!("{query}{}", page()), Wasm::Serve, &[], async |window| {
            window.run("document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))").await;
            for _ in 0..60 {
                window.run("document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))").await;
            }
            assert_eq!(window.run(ASKED).await.as_bool(), Some(asks), "{query}");
        });
    }
}
