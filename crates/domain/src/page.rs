//! Pages of lists.

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The most items, 1..=200.
    pub limit: i64,
    /// How many items to leave out, from 0.
    pub offset: i64,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: 200, offset: 0 }
    }
}

/// A part of a list, and how long the whole is.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items of this part, in the order of the list.
    pub items: Vec<T>,
    /// How many items the whole list has.
    pub total: i64,
    /// The part that was asked for.
    pub request: PageRequest,
}

impl<T> Page<T> {
    /// A page of a list that has no items.
    #[must_use]
    pub fn empty(request: PageRequest) -> Self {
        Self { items: Vec::new(), total: 0, request }
    }

    /// The same page with each item changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), total: self.total, request: self.request }
    }
}
