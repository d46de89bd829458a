//! bytes ⇄ meaning
