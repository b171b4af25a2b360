import type { components, paths } from "./schema";

/** A row as the console takes it: what may be null may be missing too, as it is in the rows of some lists. */
type Loose<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: T[K];
};
type Schemas = components["schemas"];
/** Rows name their state as a plain text; it is one of those that can be set. */
type WithStatus<T> = Omit<T, "status"> & { status: TaskStatus };
type Json<R> = R extends { content: { "application/json": infer T } } ? T : never;
type Ok<P extends keyof paths, M extends "get" | "post"> = paths[P] extends {
  [K in M]: { responses: { 200: infer R } };
}
  ? Json<R>
  : never;

export type Board = Loose<Schemas["BoardRead"]>;
export type BoardCreate = Schemas["BoardCreate"];
export type BoardUpdate = Schemas["BoardUpdate"];
export type BoardSnapshot = Omit<Schemas["BoardSnapshot"], "board" | "tasks" | "agents" | "approvals"> & {
  board: Board;
  tasks: TaskCard[];
  agents: Agent[];
  approvals: Approval[];
};
export type Task = WithStatus<Loose<Schemas["TaskRead"]>>;
export type TaskCard = WithStatus<Loose<Schemas["TaskCardRead"]>>;
export type TaskCreate = Schemas["TaskCreate"];
export type TaskUpdate = Schemas["TaskUpdate"];
/** Where a task stands. */
export type TaskStatus = NonNullable<TaskUpdate["status"]>;
export type TaskComment = Loose<Schemas["TaskCommentRead"]>;
export type Agent = Loose<Schemas["AgentRead"]>;
export type AgentCreate = Schemas["AgentCreate"];
export type AgentUpdate = Schemas["AgentUpdate"];
export type AgentCost = Schemas["AgentCost"];
export type AgentReportItem = Loose<Schemas["AgentReportItem"]>;
export type AgentMessage = Loose<Omit<Schemas["AgentMessageRead"], "state">> & {
  state: "queued" | "sending" | "delivered" | "failed" | "dead";
};
export type RoleSouls = Loose<Schemas["AgentRoleSoulRead"]>;
export type Gateway = Loose<Omit<Schemas["GatewayRead"], "connection">> & { connection: Connection };
export type GatewayCreate = Schemas["GatewayCreate"];
export type GatewayUpdate = Schemas["GatewayUpdate"];
export type SyncResult = Schemas["GatewayTemplatesSyncResult"];
/** A session as gateways list it; what they say of it differs by version. */
export type SessionRow = Record<string, unknown> & { key: string };
/** A message as gateways give it; its content is a text or a list of parts. */
export type SessionMessage = Record<string, unknown>;
export type GatewayProbe = Schemas["GatewayProbe"];
export type Connection = Loose<Schemas["GatewayConnection"]>;
export type DoctorReport = Loose<Omit<Schemas["GatewayDoctorReport"], "rungs">> & { rungs: DoctorRung[] };
export type DoctorRung = Loose<Schemas["GatewayDoctorRung"]>;
export type Approval = Loose<Schemas["ApprovalRead"]>;
/** A page of approvals and where the next one begins. */
export interface ApprovalPage {
  items: Approval[];
  total: number;
  next_cursor?: string | null;
}
export type Memory = Loose<Schemas["BoardMemoryRead"]>;
export type Webhook = Loose<Schemas["BoardWebhookRead"]>;
export type WebhookCreate = Schemas["BoardWebhookCreate"];
export type WebhookUpdate = Schemas["BoardWebhookUpdate"];
export type Payload = Loose<Schemas["BoardWebhookPayloadRead"]>;
export type Delivery = NonNullable<Payload["delivery"]>;
export type Activity = Loose<Schemas["ActivityEventRead"]>;
/** A page of events and where the next one begins. */
export interface ActivityPage {
  items: Activity[];
  total: number;
  next_cursor?: string | null;
}
export type Question = Loose<Schemas["BoardQuestionRead"]>;
export type Interview = Omit<Schemas["BoardOnboardingRead"], "messages" | "draft_goal"> & {
  messages: InterviewMessage[];
  draft_goal?: InterviewDraft | null;
};
export type InterviewMessage = Loose<Schemas["BoardOnboardingMessage"]>;
/** What the agent made of the answers. */
export type InterviewDraft = Omit<Schemas["BoardOnboardingAgentComplete"], "status">;
export type InterviewConfirm = Schemas["BoardOnboardingConfirm"];
export type SkillCard = Loose<Omit<Schemas["MarketplaceSkillCardRead"], "installations">> & {
  installations: SkillInstallation[];
};
export type SkillInstallation = Loose<Schemas["SkillInstallationRead"]>;
export type SkillCreate = Schemas["MarketplaceSkillCreate"];
export type Pack = Loose<Schemas["SkillPackRead"]>;
export type PackCreate = Schemas["SkillPackCreate"];
export type PackUpdate = Schemas["SkillPackUpdate"];
export type PackSync = Schemas["SkillPackSyncResponse"];
export type BoardGroup = Loose<Schemas["BoardGroupRead"]>;
export type BoardGroupCreate = Schemas["BoardGroupCreate"];
export type BoardGroupUpdate = Schemas["BoardGroupUpdate"];
export type GroupTask = WithStatus<Loose<Schemas["BoardGroupTaskSummary"]>>;
export type GroupBoard = Omit<Schemas["BoardGroupBoardSnapshot"], "board" | "tasks"> & {
  board: Board;
  tasks: GroupTask[];
};
export type GroupSnapshot = { group?: BoardGroup | null; boards: GroupBoard[] };
export type GroupMemory = Loose<Schemas["BoardGroupMemoryRead"]>;
export type User = Schemas["UserRead"];
export type UserUpdate = Schemas["UserUpdate"];
export type Membership = Schemas["OrganizationMemberRead"];
export type Organization = Schemas["OrganizationListItem"];
export type OrganizationDetail = Schemas["OrganizationRead"];
export type Role = NonNullable<Schemas["OrganizationMemberUpdate"]["role"]>;
export type Member = Omit<Membership, "role"> & { role: Role };
export type MemberAccess = Required<Schemas["OrganizationMemberAccessUpdate"]>;
export type Invite = Omit<Schemas["OrganizationInviteRead"], "role"> & { role: Role };
export type InviteCreate = Schemas["OrganizationInviteCreate"];
export type AuditEntry = Loose<Schemas["AuditEntryRead"]>;
export type Tag = Loose<Schemas["TagRead"]>;
export type TagCreate = Schemas["TagCreate"];
export type TagUpdate = Schemas["TagUpdate"];
export type CustomField = Omit<Loose<Schemas["TaskCustomFieldDefinitionRead"]>, "field_type" | "ui_visibility"> & {
  field_type: FieldType;
  ui_visibility: FieldVisibility;
};
export type CustomFieldCreate = Schemas["TaskCustomFieldDefinitionCreate"];
export type CustomFieldUpdate = Schemas["TaskCustomFieldDefinitionUpdate"];
export type FieldType = NonNullable<CustomFieldCreate["field_type"]>;
export type FieldVisibility = NonNullable<CustomFieldCreate["ui_visibility"]>;
export type SearchResults = Schemas["SearchResults"];
export type Config = Ok<"/api/v1/config", "get">;
export type SignedIn = Ok<"/api/v1/auth/session", "get">;
export type Session = Ok<"/api/v1/auth/sessions", "get">["items"][number];

/** How far back figures go. */
export type RangeKey = NonNullable<
  NonNullable<paths["/api/v1/metrics/dashboard"]["get"]["parameters"]["query"]>["range_key"]
>;
/** Which figures are wanted. */
export interface DashboardFilter {
  range: RangeKey;
  /** A board's id. */
  board?: string;
  /** A board group's id. */
  group?: string;
}
export type DashboardSeriesSet = Schemas["DashboardSeriesSet"];
export type DashboardMetrics = Schemas["DashboardMetrics"];
/** The installation as its administrators see it. */
export type System = Schemas["SystemRead"];
export type Job = Loose<Schemas["JobRead"]>;
/** Where a background job stands that is not done. */
export type JobState = "queued" | "running" | "dead";
export type BackupRun = Loose<Schemas["SystemBackupRun"]>;
