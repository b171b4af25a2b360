//! Which skills of the marketplace a request means, and what they can be narrowed to.

use mc_base::text::NAME_MAX;
use mc_domain::skills::{Facet, Facets, Filter, SkillSort};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, Reader, Text, names_schema, read_name};

crate::query! {
    /// Which skills are wanted, and for which gateway.
    pub(crate) struct MarketplaceQuery {
        /// The gateway of which each skill says whether it is installed there.
        gateway_id: Uuid,
        /// A part of name, description, category, risk or source, in any case.
        search: Option<Text<NAME_MAX>>,
        /// The category, in any case; `uncategorized` means none.
        category: Option<Text<NAME_MAX>>,
        /// The risk, in any case; `uncategorized` means none.
        risk: Option<Text<NAME_MAX>>,
        /// Only skills in the repository of this pack.
        pack_id: Option<Uuid>,
        /// The most items.
        limit: Option<Int<1, 200>>,
        /// How many items to leave out; needs `limit`.
        offset: Int<0, { i64::MAX }> = 0,
        /// What the list is ordered by; without it, by when skills were added.
        sort: Option<SkillSort>,
        /// Rising or falling; without it, times fall and everything else rises.
        direction: Option<Direction>,
    }
}

impl From<MarketplaceQuery> for Filter {
    fn from(query: MarketplaceQuery) -> Self {
        let sort = query.sort.unwrap_or_default();
        let is_time = matches!(sort, SkillSort::CreatedAt | SkillSort::UpdatedAt);
        Self {
            search: query.search.map(String::from),
            category: query.category.map(String::from),
            risk: query.risk.map(String::from),
            pack_id: query.pack_id,
            sort,
            is_descending: query.direction.map_or(is_time, |direction| direction == Direction::Descending),
        }
    }
}

impl Field for SkillSort {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    const NAMES: [(&'static str, Self); 2] = [("asc", Self::Ascending), ("desc", Self::Descending)];
}

impl Field for Direction {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

crate::query! {
    /// Among which skills the categories and risks are counted.
    pub(crate) struct MarketplaceFacetsQuery {
        /// A part of name, description, category, risk or source, in any case.
        search: Option<Text<NAME_MAX>>,
        /// The category, in any case; narrows the risks.
        category: Option<Text<NAME_MAX>>,
        /// The risk, in any case; narrows the categories.
        risk: Option<Text<NAME_MAX>>,
        /// Only skills in the repository of this pack.
        pack_id: Option<Uuid>,
    }
}

impl From<MarketplaceFacetsQuery> for Filter {
    fn from(query: MarketplaceFacetsQuery) -> Self {
        Self {
            search: query.search.map(String::from),
            category: query.category.map(String::from),
            risk: query.risk.map(String::from),
            pack_id: query.pack_id,
            ..Self::default()
        }
    }
}

/// How many skills have a label.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarketplaceFacet {
    /// The label in lower case; empty for skills without one, which `uncategorized` finds.
    value: String,
    /// How many skills have it.
    count: i64,
}

impl From<Facet> for MarketplaceFacet {
    fn from(facet: Facet) -> Self {
        Self { value: facet.value, count: facet.count }
    }
}

/// What the list of skills can be narrowed to.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarketplaceFacetsRead {
    /// The categories, by name; at most 500.
    categories: Vec<MarketplaceFacet>,
    /// The risks, by name; at most 500.
    risks: Vec<MarketplaceFacet>,
    /// How many skills there are without any filter but that of the pack.
    total: i64,
}

impl From<Facets> for MarketplaceFacetsRead {
    fn from(facets: Facets) -> Self {
        let list = |facets: Vec<Facet>| facets.into_iter().map(MarketplaceFacet::from).collect();
        Self { categories: list(facets.categories), risks: list(facets.risks), total: facets.total }
    }
}
