//! Patterns of `LIKE`.

use sea_query::LikeExpr;

/// The character that takes their meaning from `%` and `_`.
const ESCAPE: char = '!';

/// What contains a text. The caller folds the letters of both sides.
pub(crate) fn containing(text: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", escaped(text))).escape(ESCAPE)
}

/// What begins with a text. The caller folds the letters of both sides.
pub(crate) fn beginning_with(text: &str) -> LikeExpr {
    LikeExpr::new(format!("{}%", escaped(text))).escape(ESCAPE)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            escaped.push(ESCAPE);
        }
        escaped.push(character);
    }
    escaped
}
