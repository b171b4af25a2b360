import { copyText } from "@/lib/clipboard";
import { notifyError, notifySuccess } from "@/lib/notify";

/** Copies the address of a task and says so. */
export async function copyTaskLink(board: string, task: string): Promise<void> {
  const link = new URL(`/boards/${board}`, location.origin);
  link.searchParams.set("taskId", task);
  if (await copyText(link.href)) notifySuccess("Link copied");
  else notifyError("The browser did not allow copying.", { description: link.href });
}
