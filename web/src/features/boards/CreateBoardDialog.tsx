import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Board, BoardCreate } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { Switch } from "@/components/ui/Switch";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { type BoardType, BoardTypeChoice } from "./BoardTypeChoice";
import { NONE } from "./boardForm";
import { GatewayChoice, GroupChoice } from "./PlaceChoice";
import { slugOf } from "./slug";

/** Asks for what a new board needs. */
export default function CreateBoardDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="New board" description="You can change all of this later.">
      <CreateBoardForm onClose={onClose} />
    </Dialog>
  );
}

function CreateBoardForm({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [type, setType] = useState<BoardType>("general");
  const [objective, setObjective] = useState("");
  const [group, setGroup] = useState(NONE);
  const [gateway, setGateway] = useState(NONE);
  const [approval, setApproval] = useState(false);
  const create = useMutation({
    mutationFn: (board: BoardCreate) => call<Board>(client.POST("/api/v1/boards", { body: board })),
    async onSuccess(board) {
      void cache.invalidateQueries({ queryKey: keys.boards });
      // The creator of a board gets rights on it, which the membership read before does not have.
      void cache.invalidateQueries({ queryKey: keys.membership });
      await navigate({ to: "/boards/$boardId", params: { boardId: board.id } });
    },
  });
  const problems = {
    ...(!name.trim() && { name: "Give the board a name." }),
    ...(!description.trim() && { description: "Say in a sentence what the board is for." }),
  };

  function save() {
    create.mutate({
      name: name.trim(),
      slug: slugOf(name),
      description: description.trim(),
      board_type: type,
      objective: type === "goal" ? objective.trim() || null : null,
      ...(group !== NONE && { board_group_id: group }),
      ...(gateway !== NONE && { gateway_id: gateway }),
      require_approval_for_done: approval,
      require_review_before_done: false,
      comment_required_for_review: false,
      block_status_changes_with_pending_approval: false,
      only_lead_can_change_status: false,
      goal_confirmed: false,
      max_agents: 1,
    });
  }

  return (
    <DialogForm problems={problems} save={create} submit="Create board" onSave={save} onCancel={onClose}>
      {(shown, refused) => (
        <>
          <TextField
            label="Name"
            required
            error={shown.name ?? refused?.field("name")}
            value={name}
            onChange={setName}
          />
          <TextAreaField
            label="Description"
            required
            hint="What the board is for. Agents read this to understand their work."
            error={shown.description ?? refused?.field("description")}
            rows={4}
            value={description}
            onChange={setDescription}
          />
          <BoardTypeChoice value={type} onChange={setType} />
          {type === "goal" && (
            <TextAreaField
              label="Objective"
              hint="What is true when the goal is reached."
              error={refused?.field("objective")}
              value={objective}
              onChange={setObjective}
            />
          )}
          <GroupChoice value={group} error={refused?.field("board_group_id")} onChange={setGroup} />
          <GatewayChoice value={gateway} error={refused?.field("gateway_id")} onChange={setGateway} />
          <Switch
            label="Done needs an approval"
            description="Tasks can only be finished after somebody has approved them. For boards on which agents work alone."
            checked={approval}
            onChange={setApproval}
          />
        </>
      )}
    </DialogForm>
  );
}
