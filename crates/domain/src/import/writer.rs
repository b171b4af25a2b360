//! Writes rows that may be there already, and keeps count of what became of each.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use mc_store::{Read, Txn, sql};
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, Value};
use uuid::Uuid;

use super::{ImportError, Report, TableReport};
use crate::Context;

/// The columns of a row to write.
pub(super) type Columns = Vec<(&'static str, Value)>;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It was written.
    Written,
    /// It was there already, under its id.
    Present,
    /// Another row has what only one may have.
    Taken,
}

/// What is known of a board that was written or found.
#[derive(Clone, Copy)]
pub(super) struct BoardOf {
    pub(super) organization_id: Uuid,
}

/// The target of an import.
pub(super) struct Writer<'a> {
    pub(super) context: &'a Context,
    pub(super) txn: &'a Txn,
    tables: Vec<TableReport>,
    known: HashMap<&'static str, HashSet<Uuid>>,
    /// People of the source who are here under another id.
    users: HashMap<Uuid, Uuid>,
    /// The organization in which each imported person worked last.
    active: Vec<(Uuid, Uuid)>,
    pub(super) boards: HashMap<Uuid, BoardOf>,
    pub(super) gateways: HashMap<Uuid, Uuid>,
    pub(super) agents: HashMap<Uuid, (Uuid, Option<Uuid>, String)>,
    pub(super) tasks: HashMap<Uuid, Uuid>,
    /// The task that each written approval names itself, and when it was made.
    pub(super) tasks_of_approvals: Vec<(Uuid, Uuid, DateTime<Utc>)>,
    /// Whether each approval that was written waits for a decision.
    pub(super) approvals: HashMap<Uuid, bool>,
    /// The header in which each webhook gets its signature: its values are not kept.
    pub(super) signature_headers: HashMap<Uuid, Option<String>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(context: &'a Context, txn: &'a Txn) -> Self {
        Self {
            context,
            txn,
            tables: Vec::new(),
            known: HashMap::new(),
            users: HashMap::new(),
            active: Vec::new(),
            boards: HashMap::new(),
            gateways: HashMap::new(),
            agents: HashMap::new(),
            tasks: HashMap::new(),
            tasks_of_approvals: Vec::new(),
            approvals: HashMap::new(),
            signature_headers: HashMap::new(),
        }
    }

    /// Begins a table of the source.
    pub(super) fn table(&mut self, table: &'static str) {
        self.tables.push(TableReport { table, ..TableReport::default() });
    }

    fn current(&mut self) -> &mut TableReport {
        self.tables.last_mut().expect("a table has begun before its rows are written")
    }

    /// Counts a row that was changed to fit.
    pub(super) fn adjusted(&mut self, reason: &'static str) {
        *self.current().adjusted.entry(reason).or_default() += 1;
    }

    /// Counts a row that has no place here.
    pub(super) fn left_out(&mut self, reason: &'static str) {
        let table = self.current();
        table.read += 1;
        *table.left_out.entry(reason).or_default() += 1;
    }

    /// Whether a row is here, written now or before.
    pub(super) fn has(&self, table: &'static str, id: Uuid) -> bool {
        self.known.get(table).is_some_and(|ids| ids.contains(&id))
    }

    /// A reference that may be empty: to what is not here it is.
    pub(super) fn reference(&self, table: &'static str, id: Option<Uuid>) -> Option<Uuid> {
        id.filter(|id| self.has(table, *id))
    }

    /// The id that a person of the source has here.
    pub(super) fn user(&self, id: Option<Uuid>) -> Option<Uuid> {
        id.and_then(|id| self.users.get(&id).copied())
    }

    /// Tells under which id a person is here, and in which organization the source had them last.
    pub(super) fn map_user(&mut self, id: Uuid, here: Uuid, active: Option<Uuid>) {
        self.users.insert(id, here);
        self.active.extend(active.map(|organization| (here, organization)));
    }

    /// Writes a row, and counts it unless its place is taken.
    pub(super) async fn put(
        &mut self,
        table: &'static str,
        id: Uuid,
        columns: Columns,
    ) -> Result<Put, ImportError> {
        let put = self.try_put(table, id, columns).await?;
        self.count(put);
        Ok(put)
    }

    /// Writes a row, and leaves it out when its place is taken.
    pub(super) async fn put_or_leave(
        &mut self,
        table: &'static str,
        id: Uuid,
        columns: Columns,
        reason: &'static str,
    ) -> Result<Put, ImportError> {
        let put = self.put(table, id, columns).await?;
        if put == Put::Taken {
            self.left_out(reason);
        }
        Ok(put)
    }

    /// Counts a row that was written or found.
    pub(super) fn count(&mut self, put: Put) {
        let table = self.current();
        match put {
            Put::Written => table.written += 1,
            Put::Present => table.present += 1,
            Put::Taken => return,
        }
        table.read += 1;
    }

    /// Writes a row without counting it, for what becomes rows of several tables or is tried again with other values.
    pub(super) async fn try_put(
        &mut self,
        table: &'static str,
        id: Uuid,
        columns: Columns,
    ) -> Result<Put, ImportError> {
        let (names, values): (Vec<Alias>, Vec<Expr>) =
            columns.into_iter().map(|(name, value)| (Alias::new(name), Expr::val(value))).unzip();
        let insert = Query::insert()
            .into_table(Alias::new(table))
            .columns([Alias::new("id")].into_iter().chain(names))
            .values_panic([Expr::val(id)].into_iter().chain(values))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .take();
        let put = if self.txn.run(self.txn.render(&insert)).await? == 1 {
            Put::Written
        } else if self.is_there(table, id).await? {
            Put::Present
        } else {
            return Ok(Put::Taken);
        };
        self.known.entry(table).or_default().insert(id);
        Ok(put)
    }

    async fn is_there(&self, table: &'static str, id: Uuid) -> Result<bool, ImportError> {
        let query = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new(table))
            .and_where(Expr::col(Alias::new("id")).eq(id))
            .take();
        let found: Option<(Uuid,)> = self.txn.optional(self.txn.render(&query)).await?;
        Ok(found.is_some())
    }

    /// Seals a secret for the row it belongs to. A blank one is none.
    pub(super) fn seal(&self, purpose: &str, secret: Option<String>) -> Option<String> {
        let secret = secret.filter(|text| !text.trim().is_empty())?;
        Some(self.context.key().seal(self.context.store().random(), purpose, &secret))
    }

    /// The time of the import.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.txn.now()
    }

    /// Lets people go on in the organization where they worked last, unless they have begun to work in one here.
    pub(super) async fn settle_users(&mut self) -> Result<(), ImportError> {
        for (user, organization) in std::mem::take(&mut self.active) {
            if !self.has("organizations", organization) {
                continue;
            }
            self.txn
                .run(
                    sql("UPDATE users SET active_organization_id = $2 WHERE id = $1
                         AND (active_organization_id IS NULL OR NOT EXISTS
                             (SELECT 1 FROM boards WHERE boards.organization_id = users.active_organization_id))
                         AND (active_organization_id IS NULL OR active_organization_id <> $2)")
                    .bind(user)
                    .bind(organization),
                )
                .await?;
        }
        Ok(())
    }

    /// What became of all rows.
    pub(super) fn finish(self) -> Report {
        Report { tables: self.tables, unknown: Vec::new() }
    }
}
