import { getRouteApi } from "@tanstack/react-router";
import { Stethoscope } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import type { Gateway } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useDraft } from "@/lib/drafts";
import { Doctor } from "./Doctor";
import { GatewayFields, gatewayProblems } from "./GatewayFields";
import { useCreateGateway, useExamine } from "./mutations";

const route = getRouteApi("/shell/gateways/new");

/** Asks where a gateway is, tries the way there, and adds it. Its address is `/gateways/new`. */
export function AddGatewayDialog() {
  const navigate = route.useNavigate();
  const back = () => void navigate({ to: "/gateways", search: (old) => old, replace: true });
  const show = (gateway: Gateway) =>
    void navigate({ to: "/gateways/$gatewayId", params: { gatewayId: gateway.id }, search: {}, replace: true });
  return (
    <Dialog open onClose={back} title="Add a gateway" description="An OpenClaw gateway that you run.">
      <AddGatewayForm onClose={back} onMade={show} />
    </Dialog>
  );
}

function AddGatewayForm({ onClose, onMade }: { onClose: () => void; onMade: (gateway: Gateway) => void }) {
  const examine = useExamine();
  const create = useCreateGateway();
  const admin = useOrganizationAdmin();
  const [name, setName] = useDraft("gateway.new.name");
  const [url, setUrl] = useState("ws://127.0.0.1:18789");
  const [token, setToken] = useState("");
  const [root, setRoot] = useState("~/.openclaw");
  const [insecure, setInsecure] = useState(false);
  const [unpaired, setUnpaired] = useState(false);
  const [exec, setExec] = useState(false);
  const values = { name, url, token, root, insecure, unpaired, exec };
  const refused = create.error ?? examine.error;
  const isAway = create.error instanceof ApiError && create.error.status === 502;
  const address = {
    url: url.trim(),
    ...(token.trim() ? { token: token.trim() } : {}),
    allow_insecure_tls: insecure,
    disable_device_pairing: unpaired,
  };
  function add(check: boolean) {
    create.mutate(
      { body: { ...address, name: name.trim(), workspace_root: root.trim(), manage_exec_host: exec }, check },
      {
        onSuccess(gateway) {
          setName("");
          onMade(gateway);
        },
        // Where it breaks is worth more than that it does.
        onError: (error) => error instanceof ApiError && error.status === 502 && examine.mutate(address),
      },
    );
  }
  return (
    <DialogForm
      problems={gatewayProblems(values)}
      save={{ isPending: create.isPending, error: refused }}
      submit={create.isPending ? "Adding…" : "Add gateway"}
      reason={admin.reason}
      onCancel={onClose}
      onSave={() => add(true)}
      actions={
        <>
          <Button
            icon={<Stethoscope size={14} />}
            className="mr-auto"
            busy={examine.isPending}
            reason={admin.reason ?? (url.trim() ? null : "Say where the gateway listens.")}
            onClick={() => examine.mutate(address)}
          >
            {examine.isPending ? "Checking…" : "Run checks"}
          </Button>
          {isAway && (
            <Button onClick={() => add(false)} busy={create.isPending}>
              Add anyway
            </Button>
          )}
        </>
      }
    >
      {(shown, refused) => (
        <>
          <GatewayFields
            values={values}
            onChange={(next) => {
              if (next.name !== undefined) setName(next.name);
              if (next.url !== undefined) setUrl(next.url);
              if (next.token !== undefined) setToken(next.token);
              if (next.root !== undefined) setRoot(next.root);
              if (next.insecure !== undefined) setInsecure(next.insecure);
              if (next.unpaired !== undefined) setUnpaired(next.unpaired);
              if (next.exec !== undefined) setExec(next.exec);
              // What was found out is of another address.
              examine.reset();
              create.reset();
            }}
            problems={shown}
            refused={refused}
          />
          {examine.data && (
            // The form is longer than a screen; what was found is below it.
            <div ref={(found) => found?.scrollIntoView({ block: "nearest" })}>
              <Doctor report={examine.data} />
            </div>
          )}
        </>
      )}
    </DialogForm>
  );
}
