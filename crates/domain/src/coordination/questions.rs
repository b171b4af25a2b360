//! Questions of leads to people, until they are answered.
//!
//! On a board with a gateway its main agent brings the question to a person and writes the answer into
//! the memory of the board; on any board people answer from the console. Either way the answer is a
//! memory entry, and the lead is told.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use sea_query::{Alias, Asterisk, CaseStatement, Condition, Expr, ExprTrait, Order, Query};
use serde_json::json;
use uuid::Uuid;

pub use super::question::{Asked, NewQuestion, Question};
use super::{
    BoardLead, dispatch,
    question::{self, Open},
    texts::{self, Reply},
};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter, OrgMember},
    agents::{
        self, Agent, agent_columns,
        messages::{self, MessageKind, Outgoing},
    },
    boards::{self, Board},
    gateways::{
        self,
        rpc::{ChatMessage, MAIN_LABEL},
    },
    memory::{self, MemoryEntry, NewMemoryEntry},
    page,
};

/// How many open questions a board may have.
const OPEN_MAX: i64 = 200;
/// How many answered questions of a board are kept.
const ANSWERED_MAX: i64 = 1_000;

/// Asks the people of a board, through the main agent of its gateway if it has one.
///
/// # Errors
/// `Conflict` when too many questions are open; `Invalid` when the gateway is not usable; `BadGateway` when it does
/// not take the message: then nothing is asked.
pub async fn ask(context: &Context, scope: &BoardLead, new: NewQuestion) -> Result<Asked> {
    let (board, lead) = (scope.board(), scope.agent());
    let Some(gateway_id) = board.gateway_id else {
        let txn = context.store().begin().await?;
        let id = insert(&txn, scope, &new).await?;
        note(
            &txn,
            scope,
            "question.asked",
            Some(id),
            format!("{} has a question for the people of the board; it waits in the console.", lead.name),
        )
        .await?;
        txn.commit().await?;
        return Ok(Asked { board_id: board.id, question_id: id, main_agent: None });
    };
    let target = dispatch::target_of(context, board).await?;
    let main = main_agent(context, gateway_id).await?;
    // It stands before the message goes out: whoever answers at once finds it.
    let txn = context.store().begin().await?;
    let id = insert(&txn, scope, &new).await?;
    txn.commit().await?;
    let tags = [new.reply_tags.as_slice(), &[question::tag(id)]].concat();
    let reply = Reply { tags: &tags, source: &new.reply_source, base_url: context.base_url() };
    let channel = new.preferred_channel.as_deref();
    let text =
        texts::ask_user(board, &lead.name, new.correlation_id.as_deref(), channel, &new.content, reply);
    let session_key = gateways::main_session(gateway_id);
    let message = ChatMessage { session_key: &session_key, text: &text, deliver: true, idempotency_key: id };
    let told = match &main {
        Some(agent) => {
            let outgoing = Outgoing {
                kind: MessageKind::Question,
                board_id: Some(board.id),
                subject_id: Some(id),
                deliver: true,
                ..Outgoing::new(agent.id, MAIN_LABEL, text.as_str())
            };
            Some(dispatch::begin(context, &outgoing).await?)
        }
        None => None,
    };
    let sent = dispatch::deliver(context, &target, MAIN_LABEL, message).await;
    let txn = context.store().begin().await?;
    if let Some(id) = told {
        messages::end(context, &txn, id, sent.as_ref().err().map(|error| error.message.as_str())).await?;
    }
    match &sent {
        Ok(()) => {
            let text = format!("{} asked the people of the board through the gateway.", lead.name);
            note(&txn, scope, "gateway.lead.ask_user.sent", Some(id), text).await?;
        }
        Err(error) => {
            txn.run(sql("DELETE FROM agent_questions WHERE id = $1 AND answered_at IS NULL").bind(id))
                .await?;
            let text = format!("A question of {} could not be passed on: {error}", lead.name);
            note(&txn, scope, "gateway.lead.ask_user.failed", None, text).await?;
        }
    }
    txn.commit().await?;
    sent.map_err(|error| dispatch::failed("Gateway ask-user dispatch", &error))?;
    Ok(Asked { board_id: board.id, question_id: id, main_agent: main.map(|agent| (agent.id, agent.name)) })
}

/// The questions of a board: open ones first, then the newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &BoardReader,
    is_open: Option<bool>,
    request: PageRequest,
) -> Result<Page<Question>> {
    let place = Condition::all().add(Expr::col((questions(), Alias::new("board_id"))).eq(scope.board().id));
    page(context, place, is_open, request).await
}

/// The questions of every board that a member may read: open ones first, then the newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_readable(
    context: &Context,
    scope: &OrgMember,
    is_open: Option<bool>,
    request: PageRequest,
) -> Result<Page<Question>> {
    let boards = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("boards"))
        .cond_where(scope.readable_boards().condition("boards", "id"))
        .take();
    let place = Condition::all().add(Expr::col((questions(), Alias::new("board_id"))).in_subquery(boards));
    page(context, place, is_open, request).await
}

fn questions() -> Alias {
    Alias::new("agent_questions")
}

async fn page(
    context: &Context,
    place: Condition,
    is_open: Option<bool>,
    request: PageRequest,
) -> Result<Page<Question>> {
    let store = context.store();
    let column = |name: &'static str| Expr::col((questions(), Alias::new(name)));
    let of = |table: &'static str, name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
    let answered_at = || column("answered_at");
    let condition = place.add_option(
        is_open.map(|open| if open { answered_at().is_null() } else { answered_at().is_not_null() }),
    );
    let mut query = Query::select()
        .column((questions(), Asterisk))
        .expr_as(of("agents", "name"), Alias::new("asked_by_name"))
        .expr_as(of("board_memory", "content"), Alias::new("answer"))
        .from(questions())
        .left_join(
            Alias::new("agents"),
            of("agents", "id").equals((questions(), Alias::new("asked_by_agent_id"))),
        )
        .left_join(
            Alias::new("board_memory"),
            of("board_memory", "id").equals((questions(), Alias::new("answer_memory_id"))),
        )
        .cond_where(condition.clone())
        .order_by_expr(CaseStatement::new().case(answered_at().is_null(), 0).finally(1).into(), Order::Asc)
        .order_by((questions(), Alias::new("created_at")), Order::Desc)
        .order_by((questions(), Alias::new("id")), Order::Desc)
        .take();
    let items: Vec<Question> = store.all(store.render(&request.cut(&mut query))).await?;
    let total = match request.whole(&items) {
        Some(total) => total,
        None => page::count(store, "agent_questions", condition).await?,
    };
    Ok(Page { items, total, request })
}

/// Answers a question as a person. The answer becomes a note in the memory of the board.
///
/// # Errors
/// `Unauthorized` for an agent; `NotFound` when the board has no such question; `Conflict` when it is answered already.
pub async fn answer(
    context: &Context,
    scope: &BoardWriter,
    question_id: Uuid,
    content: String,
) -> Result<Question> {
    let board = scope.board();
    if scope.actor().user_id().is_none() {
        return Err(Error::unauthorized());
    }
    let txn = context.store().begin().await?;
    let question = by_id(&txn, board.id, question_id).await?.ok_or_else(Error::not_found)?;
    let taken = || Error::conflict("The question is answered already").code("question_answered");
    if question.answered_at.is_some() {
        return Err(taken());
    }
    let mut tags = question.reply_tags.0;
    tags.push(question::tag(question_id));
    // The tag `chat` would make the answer a message to everybody, signed by the person, and no answer.
    tags.retain(|tag| tag != "chat");
    let new = NewMemoryEntry { content, tags: Some(tags), source: Some(question.reply_source) };
    let entry = memory::service::write(context, &txn, scope, new).await?;
    let question = by_id(&txn, board.id, question_id).await?.ok_or_else(Error::not_found)?;
    if question.answer_memory_id != Some(entry.id) {
        // Somebody else was faster; nothing of ours is written.
        return Err(taken());
    }
    txn.commit().await?;
    Ok(question)
}

/// Looks whether a new memory entry answers a question of its board, and if so tells the lead that asked.
///
/// People and main agents answer; what the other agents of a board write never counts as the word of a person.
///
/// # Errors
/// When the database fails.
pub(crate) async fn answered_by(txn: &Txn, board: &Board, author: &Actor, entry: &MemoryEntry) -> Result<()> {
    let may_answer = match author {
        Actor::User(_) => true,
        Actor::Agent(agent) => agent.board_id.is_none(),
    };
    if entry.is_chat || !may_answer {
        return Ok(());
    }
    let open: Vec<Open> = txn
        .all(
            sql("SELECT id, asked_by_agent_id, correlation_id, content, reply_tags FROM agent_questions
                 WHERE board_id = $1 AND answered_at IS NULL ORDER BY created_at, id LIMIT $2")
            .bind(board.id)
            .bind(OPEN_MAX),
        )
        .await?;
    let tags = entry.tags.as_ref().map(|tags| tags.0.as_slice()).unwrap_or_default();
    let Some(question) = question::answered(&open, tags, &entry.content) else { return Ok(()) };
    let changed = txn
        .run(
            sql("UPDATE agent_questions SET answered_at = $2, answer_memory_id = $3
                 WHERE id = $1 AND answered_at IS NULL")
            .bind(question.id)
            .bind(txn.now())
            .bind(entry.id),
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    txn.append(
        NewEvent::new("question.answered", board.organization_id)
            .board(board.id)
            .agent(author.agent_id())
            .user(author.user_id())
            .message(format!("{} answered a question.", author.display_name()))
            .data(json!({ "question_id": question.id, "memory_id": entry.id }))
            .activity(),
    )
    .await?;
    let asker = match question.asked_by_agent_id {
        Some(id) => agents::service::by_id(txn, id).await?,
        None => None,
    };
    if let Some(asker) =
        asker.filter(|agent| board.gateway_id.is_some() && agent.openclaw_session_id.is_some())
    {
        let text =
            texts::answered(board, question.correlation_id.as_deref(), &question.content, &entry.content);
        let outgoing = Outgoing {
            kind: MessageKind::Answer,
            subject_id: Some(question.id),
            wake: true,
            ..Outgoing::to(&asker, text)
        };
        messages::enqueue(txn, &outgoing).await?;
    }
    Ok(())
}

async fn insert(txn: &Txn, scope: &BoardLead, new: &NewQuestion) -> Result<Uuid> {
    let board = boards::service::lock(txn, scope.board().id).await?;
    let (open,): (i64,) = txn
        .one(
            sql("SELECT count(*) FROM agent_questions WHERE board_id = $1 AND answered_at IS NULL")
                .bind(board.id),
        )
        .await?;
    if open >= OPEN_MAX {
        return Err(Error::conflict(format!("The board has {OPEN_MAX} questions without an answer"))
            .code("too_many_questions"));
    }
    txn.run(
        sql("DELETE FROM agent_questions WHERE board_id = $1 AND answered_at IS NOT NULL AND id NOT IN (
                 SELECT id FROM agent_questions WHERE board_id = $1 AND answered_at IS NOT NULL
                 ORDER BY answered_at DESC, created_at DESC, id DESC LIMIT $2)")
        .bind(board.id)
        .bind(ANSWERED_MAX),
    )
    .await?;
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO agent_questions
                 (id, board_id, asked_by_agent_id, correlation_id, content, reply_tags, reply_source, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id)
        .bind(board.id)
        .bind(scope.agent().id)
        .bind(new.correlation_id.clone())
        .bind(new.content.clone())
        .bind(Json(&new.reply_tags))
        .bind(new.reply_source.clone())
        .bind(txn.now()),
    )
    .await?;
    Ok(id)
}

async fn by_id(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<Question>> {
    Ok(on
        .optional(
            sql("SELECT q.*, a.name AS asked_by_name, m.content AS answer
                 FROM agent_questions q
                 LEFT JOIN agents a ON a.id = q.asked_by_agent_id
                 LEFT JOIN board_memory m ON m.id = q.answer_memory_id
                 WHERE q.id = $1 AND q.board_id = $2")
            .bind(id)
            .bind(board_id),
        )
        .await?)
}

async fn main_agent(context: &Context, gateway_id: Uuid) -> Result<Option<Agent>> {
    Ok(context
        .store()
        .optional(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id = $1 AND board_id IS NULL"
            ))
            .bind(gateway_id),
        )
        .await?)
}

async fn note(
    txn: &Txn,
    scope: &BoardLead,
    kind: &'static str,
    question: Option<Uuid>,
    text: String,
) -> Result<()> {
    let board = scope.board();
    txn.append(
        NewEvent::new(kind, board.organization_id)
            .board(board.id)
            .agent(Some(scope.agent().id))
            .message(text)
            .data(json!({ "question_id": question }))
            .activity(),
    )
    .await?;
    Ok(())
}
