import type { components, paths } from "./schema";

type Schemas = components["schemas"];
type Json<R> = R extends { content: { "application/json": infer T } } ? T : never;
type Ok<P extends keyof paths, M extends "get" | "post"> = paths[P] extends {
  [K in M]: { responses: { 200: infer R } };
}
  ? Json<R>
  : never;

export type Board = Schemas["BoardRead"];
export type BoardCreate = Schemas["BoardCreate"];
export type BoardUpdate = Schemas["BoardUpdate"];
export type BoardSnapshot = Schemas["BoardSnapshot"];
export type Task = Schemas["TaskRead"];
export type TaskCard = Schemas["TaskCardRead"];
export type TaskCreate = Schemas["TaskCreate"];
export type TaskUpdate = Schemas["TaskUpdate"];
export type TaskStatus = TaskCard["status"];
export type TaskComment = Schemas["TaskCommentRead"];
export type Agent = Schemas["AgentRead"];
export type Approval = Schemas["ApprovalRead"];
export type Memory = Schemas["BoardMemoryRead"];
export type Webhook = Schemas["BoardWebhookRead"];
export type WebhookCreate = Schemas["BoardWebhookCreate"];
export type WebhookUpdate = Schemas["BoardWebhookUpdate"];
export type Payload = Schemas["BoardWebhookPayloadRead"];
export type Delivery = NonNullable<Payload["delivery"]>;
export type Activity = Schemas["ActivityEventRead"];
export type User = Schemas["UserRead"];
export type UserUpdate = Schemas["UserUpdate"];
export type Membership = Schemas["OrganizationMemberRead"];
export type Organization = Schemas["OrganizationListItem"];
export type Config = Ok<"/api/v1/config", "get">;
export type SignedIn = Ok<"/api/v1/auth/session", "get">;
export type Session = Ok<"/api/v1/auth/sessions", "get">["items"][number];
