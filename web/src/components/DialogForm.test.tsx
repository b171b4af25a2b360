import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { DialogForm } from "./DialogForm";
import { TextAreaField, TextField } from "./ui/TextField";

interface ExampleProps {
  error?: Error | null;
  isPending?: boolean;
  onSave?: () => void;
}

function Example({ error = null, isPending = false, onSave = () => undefined }: ExampleProps) {
  const [form, setForm] = useState({ name: "", text: "" });
  return (
    <DialogForm
      problems={form.name ? {} : { name: "Enter a name." }}
      save={{ isPending, error }}
      submit="Save"
      onSave={onSave}
      onCancel={() => undefined}
    >
      {(shown: { name?: string }, refused) => (
        <>
          <TextField
            label="Name"
            error={shown.name}
            value={form.name}
            onChange={(name) => setForm({ ...form, name })}
          />
          <TextAreaField
            label="Text"
            error={refused?.field("text")}
            value={form.text}
            onChange={(text) => setForm({ ...form, text })}
          />
        </>
      )}
    </DialogForm>
  );
}

it("says what is wrong only after a try, and leads there", async () => {
  const onSave = vi.fn();
  render(<Example onSave={onSave} />);
  const user = userEvent.setup();
  expect(screen.queryByRole("alert")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByRole("alert").textContent).toBe("Enter a name.");
  expect(document.activeElement).toBe(screen.getByLabelText("Name"));
  expect(onSave).not.toHaveBeenCalled();
});

it("is sent with Ctrl+Enter from a text of several lines, and once by a double click", async () => {
  const onSave = vi.fn();
  render(<Example onSave={onSave} />);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("Name"), "a");
  await user.type(screen.getByLabelText("Text"), "b{Control>}{Enter}{/Control}");
  expect(onSave).toHaveBeenCalledTimes(1);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(onSave).toHaveBeenCalledTimes(1);
});

it("is sent again at once after a refusal", async () => {
  const onSave = vi.fn();
  const { rerender } = render(<Example onSave={onSave} />);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("Name"), "a{Enter}");
  rerender(<Example onSave={onSave} error={new Error("The server cannot be reached.")} />);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(onSave).toHaveBeenCalledTimes(2);
});

it("leads to the field that the server has refused", () => {
  const { rerender } = render(<Example />);
  fireEvent.submit(screen.getByLabelText("Name").closest("form") as HTMLFormElement);
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "a" } });
  rerender(<Example isPending />);
  const error = new ApiError("text: too long", 422, null, [{ field: "text", message: "too long" }]);
  rerender(<Example error={error} />);
  expect(document.activeElement).toBe(screen.getByLabelText("Text"));
  expect(screen.getByLabelText("Text").getAttribute("aria-describedby")).toBeTruthy();
});
