import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client, type Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { Payload, Webhook, WebhookCreate, WebhookUpdate } from "@/api/types";

/** Creates a webhook. */
export function useCreateWebhook(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: WebhookCreate) =>
      call<Webhook>(client.POST("/api/v1/boards/{board_id}/webhooks", { params: { path: { board_id: board } }, body })),
    onSuccess: (webhook) =>
      cache.setQueryData<Page<Webhook>>(keys.webhooks(board), (page) =>
        page && !page.items.some((item) => item.id === webhook.id)
          ? { items: [webhook, ...page.items], total: page.total + 1 }
          : page,
      ),
  });
}

/** Changes a webhook. Only what is given is sent. */
export function useUpdateWebhook(board: string, webhook: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: WebhookUpdate) =>
      call<Webhook>(
        client.PATCH("/api/v1/boards/{board_id}/webhooks/{webhook_id}", {
          params: { path: { board_id: board, webhook_id: webhook } },
          body,
        }),
      ),
    onSuccess: (saved) =>
      cache.setQueryData<Page<Webhook>>(keys.webhooks(board), (page) =>
        page ? { ...page, items: page.items.map((item) => (item.id === saved.id ? saved : item)) } : page,
      ),
  });
}

/** Deletes a webhook and what it has received. */
export function useDeleteWebhook(board: string, webhook: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(
        client.DELETE("/api/v1/boards/{board_id}/webhooks/{webhook_id}", {
          params: { path: { board_id: board, webhook_id: webhook } },
        }),
      ),
    onSuccess: () =>
      cache.setQueryData<Page<Webhook>>(keys.webhooks(board), (page) =>
        page ? { items: page.items.filter((item) => item.id !== webhook), total: Math.max(page.total - 1, 0) } : page,
      ),
  });
}

/** Hands a payload to its agent once more. */
export function useRedeliver(board: string, webhook: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (payload: string) =>
      call<Payload>(
        client.POST("/api/v1/boards/{board_id}/webhooks/{webhook_id}/payloads/{payload_id}/redeliver", {
          params: { path: { board_id: board, webhook_id: webhook, payload_id: payload } },
        }),
      ),
    onSuccess() {
      void cache.invalidateQueries({ queryKey: keys.payloads(board, webhook) });
      void cache.invalidateQueries({ queryKey: [...keys.board(board), "payload", webhook] });
    },
  });
}
