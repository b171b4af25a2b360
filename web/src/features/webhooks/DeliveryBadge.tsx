import { Check, CircleAlert, Clock } from "lucide-react";
import type { Payload } from "@/api/types";
import { Badge } from "@/components/Badge";

/** Whether a payload has reached its agent. */
export function DeliveryBadge({ delivery }: { delivery: Payload["delivery"] }) {
  if (!delivery) return null;
  const tries = delivery.attempts > 1 ? ` after ${delivery.attempts} tries` : "";
  switch (delivery.status) {
    case "delivered":
      return (
        <Badge tone="ok" icon={<Check size={11} aria-hidden="true" />}>
          Delivered{tries}
        </Badge>
      );
    case "failed":
      return (
        <Badge tone="danger" icon={<CircleAlert size={11} aria-hidden="true" />}>
          Failed{tries}
        </Badge>
      );
    default:
      return (
        <Badge tone="warn" icon={<Clock size={11} aria-hidden="true" />}>
          {delivery.attempts > 0 ? `Retrying (${delivery.attempts} so far)` : "Pending"}
        </Badge>
      );
  }
}
