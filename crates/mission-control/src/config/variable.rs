//! One row of the table of variables: its shape, its default, its meaning, and how a value of it is read.

use std::time::Duration;

use mc_base::wire::{lax_bool, lax_float, lax_int};

use super::report::{Problem, problem};

const SECONDS_PER_DAY: u64 = 86_400;

/// A variable whose values are of type `T`.
pub(super) struct Variable<T> {
    pub(super) info: Info,
    read: Read<T>,
}

/// What is known of a variable without its type; documentation is made of it.
pub(super) struct Info {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) blank: Blank,
    pub(super) default: Default,
    pub(super) meaning: &'static str,
}

/// What values look like, for documentation and for errors.
pub(super) enum Shape {
    Text(&'static str),
    Flag,
    Whole { min: u64, max: u64 },
    Seconds { min: u64, max: u64 },
    Choice(&'static [&'static str]),
}

/// What an empty value means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// An error, because it can only be a mistake.
    Refused,
    /// The same as not setting the variable.
    Unset,
    /// A value of its own.
    Value,
}

/// What holds when the variable is not set.
#[derive(Clone, Copy)]
pub(super) enum Default {
    /// This value, read like one that was set.
    Value(&'static str),
    /// No value; this sentence says what happens.
    Described(&'static str),
}

type Read<T> = fn(&Info, &str, &mut Notes) -> Result<T, Problem>;

/// Warnings that arise while a value is read.
pub(super) type Notes = Vec<String>;

impl Shape {
    /// The shape in the words of the documentation.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Text(label) => (*label).to_owned(),
            Self::Flag => "boolean".to_owned(),
            Self::Whole { min, max } => format!("integer {min}–{max}"),
            Self::Seconds { min, max } => format!("seconds {min}–{max}"),
            Self::Choice(options) => join(options, "`", " or "),
        }
    }

    /// What to do about a value of another shape.
    pub(super) fn remedy(&self) -> String {
        match self {
            Self::Text(label) => format!("set {label}"),
            Self::Flag => "set true or false".to_owned(),
            Self::Whole { min, max } => format!("set a whole number from {min} to {max}"),
            Self::Seconds { min, max } => format!("set a number of seconds from {min} to {max}"),
            Self::Choice(options) => format!("set {}", join(options, "", " or ")),
        }
    }

    fn bounds(&self) -> (u64, u64) {
        match self {
            Self::Whole { min, max } | Self::Seconds { min, max } => (*min, *max),
            Self::Text(_) | Self::Flag | Self::Choice(_) => (0, u64::MAX),
        }
    }
}

fn join(options: &[&str], quote: &str, separator: &str) -> String {
    options.iter().map(|option| format!("{quote}{option}{quote}")).collect::<Vec<_>>().join(separator)
}

impl<T> Variable<T> {
    const fn new(shape: Shape, blank: Blank, read: Read<T>) -> Self {
        let default = Default::Described("none");
        Self { info: Info { name: "", shape, blank, default, meaning: "" }, read }
    }

    /// Sets the name.
    pub(super) const fn named(mut self, name: &'static str) -> Self {
        self.info.name = name;
        self
    }

    /// Sets the default value.
    pub(super) const fn or(mut self, value: &'static str) -> Self {
        self.info.default = Default::Value(value);
        self
    }

    /// Says what happens when the variable is not set.
    pub(super) const fn or_else(mut self, sentence: &'static str) -> Self {
        self.info.default = Default::Described(sentence);
        self
    }

    /// Sets the meaning: whole sentences in Markdown.
    pub(super) const fn means(mut self, meaning: &'static str) -> Self {
        self.info.meaning = meaning;
        self
    }

    /// Reads a value that was set.
    pub(super) fn read(&self, text: &str, notes: &mut Notes) -> Result<T, Problem> {
        (self.read)(&self.info, text, notes)
    }

    /// The value that holds when the variable is not set; nothing when the default is only described.
    pub(super) fn default_value(&self) -> Option<T> {
        match self.info.default {
            Default::Value(text) => self.read(text, &mut Notes::new()).ok(),
            Default::Described(_) => None,
        }
    }
}

/// Text with a reader of its own.
pub(super) const fn text<T>(label: &'static str, blank: Blank, read: Read<T>) -> Variable<T> {
    Variable::new(Shape::Text(label), blank, read)
}

/// One of a few words.
pub(super) const fn choice<T>(options: &'static [&'static str], read: Read<T>) -> Variable<T> {
    Variable::new(Shape::Choice(options), Blank::Refused, read)
}

/// A boolean.
pub(super) const fn flag() -> Variable<bool> {
    Variable::new(Shape::Flag, Blank::Refused, |info, text, _| {
        lax_bool(text).ok_or_else(|| problem("is no boolean", info.shape.remedy()))
    })
}

/// A whole number within bounds.
pub(super) const fn whole<T: TryFrom<u64>>(min: u64, max: u64) -> Variable<T> {
    Variable::new(Shape::Whole { min, max }, Blank::Refused, |info, text, _| {
        read_whole(info, text).and_then(|number| T::try_from(number).map_err(|_| out_of_bounds(info)))
    })
}

/// A number of days within bounds.
pub(super) const fn days(min: u64, max: u64) -> Variable<Duration> {
    Variable::new(Shape::Whole { min, max }, Blank::Refused, |info, text, _| {
        read_whole(info, text).map(|days| Duration::from_secs(days * SECONDS_PER_DAY))
    })
}

/// A number of seconds up to a bound; fractions are allowed.
pub(super) const fn seconds(min: u64, max: u64) -> Variable<Duration> {
    Variable::new(Shape::Seconds { min, max }, Blank::Refused, |info, text, _| {
        let number = lax_float(text).and_then(|number| Duration::try_from_secs_f64(number).ok());
        let (min, max) = info.shape.bounds();
        let bounds = Duration::from_secs(min)..=Duration::from_secs(max);
        number.filter(|number| bounds.contains(number)).ok_or_else(|| out_of_bounds(info))
    })
}

fn read_whole(info: &Info, text: &str) -> Result<u64, Problem> {
    let number = lax_int(text).and_then(|number| u64::try_from(number).ok());
    let (min, max) = info.shape.bounds();
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| out_of_bounds(info))
}

fn out_of_bounds(info: &Info) -> Problem {
    problem("is no number within the bounds", info.shape.remedy())
}
