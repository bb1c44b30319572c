//! The text of HTML, as far as a few words need it.

use alloc::string::String;

/// The text without tags, comments, styles and scripts.
pub(super) fn text(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some((before, after)) = rest.split_once('<') {
        without_references(before, &mut text);
        rest = after_tag(after);
        text.push(' ');
    }
    without_references(rest, &mut text);
    text
}

/// What follows a tag, and what belongs to it if that is no text.
fn after_tag(tag: &str) -> &str {
    if let Some(comment) = tag.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let Some((tag, mut rest)) = tag.split_once('>') else { return "" };
    let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
    let Some(hidden) = HIDDEN.iter().find(|hidden| name.eq_ignore_ascii_case(hidden)) else { return rest };
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..hidden.len()).is_some_and(|name| name.eq_ignore_ascii_case(hidden)) {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = after;
    }
    ""
}

/// `&amp;` and the like become what they stand for; those that nobody knows stay.
fn without_references(mut rest: &str, text: &mut String) {
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let end = after.bytes().take(LONGEST).position(|octet| octet == b';');
        let parts = end.and_then(|end| after.split_at_checked(end));
        let known = parts.and_then(|(name, after)| Some((reference(name)?, after.strip_prefix(';')?)));
        match known {
            Some((character, after)) => {
                text.push(character);
                rest = after;
            }
            None => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let number = hexadecimal.map_or_else(|| number.parse(), |digits| u32::from_str_radix(digits, 16));
        return number.ok().and_then(char::from_u32);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

/// The longest name of a character that is looked for, with what ends it.
const LONGEST: usize = 12;

const NAMES: [(&str, char); 16] = [
    ("amp", '&'),
    ("apos", '\''),
    ("bull", '•'),
    ("copy", '©'),
    ("euro", '€'),
    ("gt", '>'),
    ("hellip", '…'),
    ("ldquo", '“'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("quot", '"'),
    ("rdquo", '”'),
    ("rsquo", '’'),
];

/// Elements whose content is not shown.
const HIDDEN: [&str; 4] = ["head", "script", "style", "title"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_references() {
        for (html, expected) in [
            ("a<b>c</b>d", "a c d"),
            ("<!-- <p> -->a", " a"),
            ("<STYLE type=x>p {}</b></style >a", " a"),
            ("<head><title>no</title></head>a", " a"),
            ("a<style>no end", "a "),
            ("a<p", "a "),
            ("<!--", " "),
            (
                "a &amp;amp; &#65;&#x42; &nbsp;&none; & &#xFFFFFF; &#99999999999;",
                "a &amp; AB  &none; & &#xFFFFFF; &#99999999999;",
            ),
            ("<script>é</script>ü", " ü"),
            ("plain", "plain"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }
}
