import type { ReactNode } from "react";
import { EmptyState } from "@/components/EmptyState";
import { ListSkeleton } from "@/components/Skeletons";
import { useOrganizationAdmin } from "./permissions";

interface AdminsOnlyProps {
  icon: ReactNode;
  /** What is looked after by administrators, as a sentence. */
  title: string;
  /** What members have instead, or why it is so. */
  note?: string;
  children: ReactNode;
}

/** The content of a page for administrators: members are told why they do not see it, once it is known that they are. */
export function AdminsOnly({ icon, title, note, children }: AdminsOnlyProps) {
  const admin = useOrganizationAdmin();
  if (admin.allowed) return children;
  if (!admin.known) return <ListSkeleton label="Loading your rights" />;
  return (
    <EmptyState icon={icon} title={title}>
      {admin.reason} {note}
    </EmptyState>
  );
}
