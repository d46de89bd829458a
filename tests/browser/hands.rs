//! What a reader's hands do: keys, the mouse and a finger, pressed as any browser's driver presses them.

use crate::window::Window;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT as LEFT, MOUSE_BUTTON_RIGHT as RIGHT, MouseActions,
    PointerAction, TouchActions,
};
use std::time::Duration;

/// A place in the window, px.
pub type Place = (f64, f64);

fn to((x, y): Place) -> PointerAction {
    PointerAction::MoveTo { duration: None, x, y }
}

/// WebDriver's sign for a key by its name; a letter is its own.
fn sign(key: &str) -> char {
    match key {
        "Enter" => '\u{E007}',
        "Escape" => '\u{E00C}',
        "Tab" => '\u{E004}',
        "ArrowUp" => '\u{E013}',
        "ArrowDown" => '\u{E015}',
        "End" => '\u{E010}',
        "Home" => '\u{E011}',
        "Delete" => '\u{E017}',
        one => one.chars().next().filter(|_| one.chars().count() == 1).unwrap_or_else(|| panic!("no key is {one}")),
    }
}

impl Window {
    /// Presses and releases a key where the focus is, whatever has it.
    pub async fn key(&self, key: &str) {
        self.type_signs([sign(key)]).await;
    }

    /// Types a text where the focus is.
    pub async fn keys(&self, text: &str) {
        self.type_signs(text.chars()).await;
    }

    async fn type_signs(&self, signs: impl IntoIterator<Item = char>) {
        let typed = signs.into_iter().fold(KeyActions::new("keys".to_owned()), |keys, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(typed).await.unwrap();
    }

    async fn mouse(&self, actions: impl IntoIterator<Item = PointerAction>) {
        let mouse = actions.into_iter().fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
        self.client.perform_actions(mouse).await.unwrap();
    }

    /// Presses the mouse, and does not let go.
    pub async fn press_at(&self, place: Place) {
        self.mouse([to(place), PointerAction::Down { button: LEFT }]).await;
    }

    pub async fn move_to(&self, place: Place) {
        self.mouse([to(place)]).await;
    }

    /// Lets the mouse go, where it is.
    pub async fn let_go(&self) {
        self.mouse([PointerAction::Up { button: LEFT }]).await;
    }

    /// Presses the other button of the mouse, and lets it go.
    pub async fn press_right(&self, place: Place) {
        self.mouse([to(place), PointerAction::Down { button: RIGHT }, PointerAction::Up { button: RIGHT }]).await;
    }

    /// Presses at one place, moves to another and lets go there.
    pub async fn drag(&self, from: Place, target: Place) {
        let half = ((from.0 + target.0) / 2.0, (from.1 + target.1) / 2.0);
        let (down, up) = (PointerAction::Down { button: LEFT }, PointerAction::Up { button: LEFT });
        self.mouse([to(from), down, to(half), to(target), up]).await;
    }

    async fn finger(&self, actions: impl IntoIterator<Item = PointerAction>) {
        let finger = actions.into_iter().fold(TouchActions::new("finger".to_owned()), TouchActions::then);
        self.client.perform_actions(finger).await.unwrap();
    }

    /// Puts a finger down and lifts it at once.
    pub async fn tap(&self, place: Place) {
        self.finger([to(place), PointerAction::Down { button: LEFT }, PointerAction::Up { button: LEFT }]).await;
    }

    /// Puts a finger down, lets it rest, moves it and lifts it there.
    pub async fn rest_and_drag(&self, place: Place, target: Place) {
        let wait = |ms| PointerAction::Pause { duration: Duration::from_millis(ms) };
        let (down, up) = (PointerAction::Down { button: LEFT }, PointerAction::Up { button: LEFT });
        self.finger([to(place), down, wait(700), to(target), wait(100), up]).await;
    }
}
