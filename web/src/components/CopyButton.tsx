import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/clipboard";
import { notifyError } from "@/lib/notify";
import { Button, IconButton } from "./ui/Button";

/** Copies a text; with `children` as a button with a caption, else as an icon. */
export function CopyButton({ text, label, children }: { text: string; label: string; children?: string }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    if (await copyText(text)) setCopied(true);
    else notifyError("The browser did not allow copying. Select the text and copy it by hand.");
  }
  const icon = copied ? <Check size={14} className="text-ok" /> : <Copy size={14} />;
  const shared = { size: "sm" as const, onClick: copy, onBlur: () => setCopied(false) };
  return children ? (
    <Button {...shared} aria-label={label} icon={icon}>
      {copied ? "Copied" : children}
    </Button>
  ) : (
    <IconButton {...shared} label={copied ? "Copied" : label}>
      {icon}
    </IconButton>
  );
}
