//! The page: puts the view in the place of the picture that was rendered beforehand.

fn main() {
    replscope::view::mount();
}
