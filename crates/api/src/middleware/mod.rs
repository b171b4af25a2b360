//! What every request passes, from the outside in: the rest of its body; request id, log and error bodies; security
//! headers; cross-origin rules; compression; panics; the time limit; keys of
//! creations.

mod compress;
mod cors;
mod drain;
mod headers;
mod observe;
mod protect;
mod repeat;

pub(crate) use observe::{code_of, is_retryable};

use axum::{Router, middleware::from_fn_with_state};

use crate::ApiState;

/// Puts the layers around the routes.
pub(crate) fn around(router: Router<ApiState>, state: &ApiState) -> Router<ApiState> {
    // The last layer added is the outermost one.
    router
        .layer(from_fn_with_state(state.clone(), repeat::apply))
        .layer(from_fn_with_state(state.clone(), protect::time_limit))
        .layer(axum::middleware::from_fn(protect::panics))
        .layer(compress::layer())
        .layer(from_fn_with_state(state.clone(), cors::apply))
        .layer(from_fn_with_state(state.clone(), headers::apply))
        .layer(from_fn_with_state(state.clone(), observe::apply))
        .layer(from_fn_with_state(state.clone(), drain::apply))
}

#[cfg(test)]
mod tests;
