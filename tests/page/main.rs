//! The page, rendered to text without a browser: names for those who hear it, places for those who test it, and a style
//! sheet whose colours can be told apart.

mod contrast;
mod html;
mod names;
mod pictures;
