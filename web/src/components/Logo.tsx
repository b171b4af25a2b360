/** The sign of Mission Control: a gauge. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" fill="#4b50d8" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M8 20a8.5 8.5 0 0 1 16 0" />
        <path d="M16 20l4.2-5.4" />
      </g>
      <circle cx="16" cy="20.4" r="2.3" fill="#fff" />
    </svg>
  );
}
