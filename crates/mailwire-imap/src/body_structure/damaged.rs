//! Structures that are not as they should be: what can be made of them.

use alloc::{boxed::Box, vec::Vec};

use super::{BodyStructure, Disposition, Extension, Kind, Multipart, Parameters, Single};
use crate::{
    Octets,
    envelope::envelope,
    form::{Form, are_parts},
    value::value,
};

/// What can be made of any value; nothing of one that has no words to start with.
pub(super) fn mended(form: &Form<'_>) -> Option<BodyStructure> {
    let fields = form.list()?;
    if are_parts(fields) || fields.first().is_some_and(|first| first.list().is_some_and(<[_]>::is_empty)) {
        return multipart(fields);
    }
    let first = fields.first()?;
    if first.is_nothing() && fields.len() < 3 || first.list().is_some() || first.is_number() {
        return None;
    }
    let Some(places) = Places::find(fields) else {
        return Some(without_parts(first.string().unwrap_or_default(), fields.get(1..).unwrap_or_default()));
    };
    Some(single(fields, &places))
}

fn multipart(fields: &[Form<'_>]) -> Option<BodyStructure> {
    let is_child = |field: &&Form<'_>| field.is_nothing() || field.is_part();
    let count = fields.iter().take_while(is_child).count();
    let (children, mut rest) = fields.split_at_checked(count)?;
    let parts = children.iter().filter(|child| !child.is_nothing()).filter_map(mended).collect();
    let mut subtype = Octets::from_static(b"mixed");
    if let Some((name, after)) = rest.split_first().filter(|(name, _)| name.list().is_none()) {
        (subtype, rest) = (name.string().unwrap_or(subtype), after);
    }
    let (parameters, extension) = after_subtype(rest);
    Some(BodyStructure::Multipart(Box::new(Multipart { parts, subtype, parameters, extension })))
}

/// `("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL)`
fn without_parts(subtype: Octets, rest: &[Form<'_>]) -> BodyStructure {
    let (parameters, extension) = after_subtype(rest);
    BodyStructure::Multipart(Box::new(Multipart { parts: Vec::new(), subtype, parameters, extension }))
}

fn after_subtype(rest: &[Form<'_>]) -> (Parameters, Extension) {
    match rest.split_first() {
        Some((first, rest)) => (parameters(first), extension(rest)),
        None => Default::default(),
    }
}

/// Where the fields of a single part stand, if some are missing.
struct Places {
    subtype: Option<usize>,
    parameters: usize,
    id: Option<usize>,
    description: Option<usize>,
    size: usize,
}

impl Places {
    /// The size is what shows how many fields are missing; the subtype is, if there is no word for it. Nothing for a
    /// multipart without parts, which has no size.
    fn find(fields: &[Form<'_>]) -> Option<Self> {
        let size = fields.iter().position(Form::is_number).filter(|place| (4..=6).contains(place));
        let has_subtype = fields.get(1).is_some_and(|second| second.list().is_none() && !second.is_nothing());
        let Some(size) = size.or((fields.len() > 6).then_some(6)) else {
            return has_subtype.then_some(Self {
                subtype: Some(1),
                parameters: 2,
                id: Some(3),
                description: Some(4),
                size: 6,
            });
        };
        let subtype = (has_subtype || size == 6).then_some(1);
        let parameters = if subtype.is_some() { 2 } else { 1 };
        // Between the parameters and the encoding.
        let id = Some(parameters + 1).filter(|id| id + 1 < size);
        let description = Some(parameters + 2).filter(|place| place + 1 < size);
        Some(Self { subtype, parameters, id, description, size })
    }
}

fn single(fields: &[Form<'_>], places: &Places) -> BodyStructure {
    let string = |place: Option<usize>| place.and_then(|place| fields.get(place)).and_then(Form::string);
    let media_type = string(Some(0)).unwrap_or(Octets::from_static(b"application"));
    let mut single = Single {
        subtype: string(places.subtype).unwrap_or_else(|| usual_subtype(&media_type)),
        media_type,
        parameters: fields.get(places.parameters).map(parameters).unwrap_or_default(),
        id: string(places.id),
        description: string(places.description),
        encoding: string(places.size.checked_sub(1)).unwrap_or(Octets::from_static(b"7BIT")),
        octets: fields.get(places.size).and_then(Form::number).unwrap_or_default(),
        ..Single::default()
    };
    let mut rest = fields.get(places.size + 1..).unwrap_or_default();
    (single.kind, rest) = kind(&single, rest);
    // Lines of what has none.
    while let Some((_, after)) = rest.split_first().filter(|(first, _)| first.is_number()) {
        rest = after;
    }
    if let Some((first, after)) = rest.split_first() {
        single.extension.fields = 1;
        if first.is_nothing() || first.list().is_none() {
            (single.md5, rest) = (first.string(), after);
        }
        single.extension = extension(rest);
    }
    BodyStructure::Single(Box::new(single))
}

fn usual_subtype(media_type: &[u8]) -> Octets {
    Octets::from_static(match media_type {
        word if word.eq_ignore_ascii_case(b"text") => b"plain",
        word if word.eq_ignore_ascii_case(b"message") => b"rfc822",
        _ => b"octet-stream",
    })
}

/// What text and messages have after their size, and what follows that.
fn kind<'a, 'b>(single: &Single, rest: &'b [Form<'a>]) -> (Kind, &'b [Form<'a>]) {
    if single.media_type.eq_ignore_ascii_case(b"text") {
        return match rest {
            // NIL in place of the lines, if it is not in place of the digest.
            [lines, ..] if lines.is_number() || lines.is_string() && lines.number().is_some() => {
                (Kind::Text { lines: lines.number().unwrap_or_default() }, rest.get(1..).unwrap_or_default())
            }
            [lines, after @ ..] if lines.is_nothing() && after.first().is_none_or(Form::is_nothing) => {
                (Kind::Text { lines: 0 }, rest.get(1..).unwrap_or_default())
            }
            _ => (Kind::Text { lines: 0 }, rest),
        };
    }
    match rest {
        [header, structure, lines, after @ ..]
            if super::is_message(single) && lines.is_number() && header.number().is_none() =>
        {
            let envelope = envelope(header.input()).map(|(_, envelope)| envelope).unwrap_or_default();
            let body = mended(structure).unwrap_or_else(|| BodyStructure::Invalid(structure.octets()));
            let lines = lines.number().unwrap_or_default();
            (Kind::Message { envelope, body, lines }, after)
        }
        _ => (Kind::Basic, rest),
    }
}

/// Names and values; also in a list each, names without values, and values that are no strings.
fn parameters(form: &Form<'_>) -> Parameters {
    pairs(form.list().unwrap_or_default())
}

fn pairs(items: &[Form<'_>]) -> Parameters {
    let mut parameters = Parameters::new();
    let mut rest = items;
    while let Some((first, after)) = rest.split_first() {
        if let Some([name, value, ..]) = first.list() {
            parameters.extend(name.string().map(|name| (name, value.string().unwrap_or_default())));
            rest = after;
            continue;
        }
        let value = after.first();
        if let Some(name) = first.string().filter(|name| !name.is_empty()) {
            parameters.push((name, value.and_then(Form::string).unwrap_or_default()));
        }
        rest = after.get(1..).unwrap_or_default();
    }
    parameters
}

/// Disposition, language, location and what may follow; the first two may have changed places.
fn extension(fields: &[Form<'_>]) -> Extension {
    let mut extension = Extension { fields: 1, ..Extension::default() };
    let (first, second) = (fields.first(), fields.get(1));
    let is_swapped = !first.is_some_and(is_disposition) && second.is_some_and(is_disposition);
    let (told, words) = if is_swapped { (second, first) } else { (first, second) };
    extension.disposition = told.and_then(disposition);
    extension.language = words.map(languages).unwrap_or_default();
    extension.location = fields.get(2).and_then(Form::string);
    for field in fields.get(3..).unwrap_or_default() {
        extension.more.extend(value(field.input(), 0).map(|(_, value)| value));
    }
    extension.fields += fields.len().min(3) as u8;
    extension
}

/// Whether a field is a disposition, and not a language.
fn is_disposition(form: &Form<'_>) -> bool {
    let is_known = |word: &Form<'_>| {
        word.string().is_some_and(|word| {
            word.eq_ignore_ascii_case(b"inline") || word.eq_ignore_ascii_case(b"attachment")
        })
    };
    match form.list() {
        Some([first, ..]) if is_known(first) => true,
        Some([_, second, ..]) => second.list().is_some(),
        Some(_) => false,
        None => is_known(form),
    }
}

fn disposition(form: &Form<'_>) -> Option<Disposition> {
    let Some(fields) = form.list() else {
        let kind = form.string().filter(|kind| !kind.is_empty())?;
        return Some(Disposition { kind, parameters: Parameters::new() });
    };
    let (first, rest) = fields.split_first()?;
    let parameters = match rest {
        [list] => parameters(list),
        flat => pairs(flat),
    };
    match first.string() {
        Some(kind) => Some(Disposition { kind, parameters }),
        // A name of a file is told of what is attached.
        None if parameters.is_empty() => None,
        None => Some(Disposition { kind: Octets::from_static(b"attachment"), parameters }),
    }
}

fn languages(form: &Form<'_>) -> Vec<Octets> {
    match form.list() {
        Some(words) => words.iter().filter_map(Form::string).collect(),
        None => form.string().into_iter().collect(),
    }
}
