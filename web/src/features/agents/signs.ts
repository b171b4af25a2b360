import {
  Bird,
  BookOpen,
  Bot,
  Brain,
  Bug,
  ChartColumn,
  Compass,
  FilePen,
  Flame,
  FlaskConical,
  Globe,
  Hammer,
  Lightbulb,
  type LucideIcon,
  MessageCircle,
  Package,
  Palette,
  Rocket,
  Search,
  Settings,
  Shield,
  Sparkles,
  Wrench,
  Zap,
} from "lucide-react";

// Profiles keep the name of an emoji between colons, as the files of agents and older consoles do. Drawn as icons they
// look the same in every browser and both themes.
const SIGNS: Record<string, { label: string; icon: LucideIcon }> = {
  gear: { label: "Gear", icon: Settings },
  robot: { label: "Robot", icon: Bot },
  compass: { label: "Compass", icon: Compass },
  sparkles: { label: "Sparkles", icon: Sparkles },
  rocket: { label: "Rocket", icon: Rocket },
  wrench: { label: "Wrench", icon: Wrench },
  hammer_and_wrench: { label: "Hammer", icon: Hammer },
  brain: { label: "Brain", icon: Brain },
  bulb: { label: "Light bulb", icon: Lightbulb },
  books: { label: "Books", icon: BookOpen },
  memo: { label: "Notes", icon: FilePen },
  mag: { label: "Magnifier", icon: Search },
  bar_chart: { label: "Chart", icon: ChartColumn },
  shield: { label: "Shield", icon: Shield },
  bug: { label: "Bug", icon: Bug },
  art: { label: "Palette", icon: Palette },
  test_tube: { label: "Test tube", icon: FlaskConical },
  globe_with_meridians: { label: "Globe", icon: Globe },
  speech_balloon: { label: "Speech", icon: MessageCircle },
  package: { label: "Parcel", icon: Package },
  fire: { label: "Flame", icon: Flame },
  zap: { label: "Lightning", icon: Zap },
  owl: { label: "Bird", icon: Bird },
};

/** The signs to choose from, by the value that is stored. */
export const SIGN_CHOICES = Object.entries(SIGNS).map(([name, sign]) => ({
  value: `:${name}:`,
  label: sign.label,
  icon: sign.icon,
}));

/** What a stored sign looks like: an icon, an emoji that stands for itself, or nothing that this console knows. */
export function signOf(value: unknown): { icon: LucideIcon } | { emoji: string } | null {
  if (typeof value !== "string" || !value.trim()) return null;
  const name = /^:([a-z0-9_+-]+):$/.exec(value.trim())?.[1];
  if (name) return SIGNS[name] ? { icon: SIGNS[name].icon } : null;
  return [...value.trim()].length <= 4 && !/[a-z0-9]/i.test(value) ? { emoji: value.trim() } : null;
}
