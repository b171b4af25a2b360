import { afterEach, describe, expect, it } from "vitest";
import {
  calendarDay,
  clockTime,
  fromDateField,
  fromTimeField,
  isOverdue,
  relativeTime,
  toDateField,
  toTimeField,
} from "./time";
import { displayZone, isZone, setProfileZone, setZoneChoice } from "./zone";

afterEach(() => {
  setZoneChoice("profile");
  setProfileZone(null);
});

const evening = new Date("2026-11-20T23:30:00Z");

describe("the zone of the profile", () => {
  it("is what times are shown in", () => {
    setProfileZone("Asia/Tokyo");
    expect(calendarDay(evening)).toBe("2026-11-21");
    expect(clockTime(evening)).toMatch(/0?8:30/);
    setZoneChoice("utc");
    expect(calendarDay(evening)).toBe("2026-11-20");
  });

  it("counts as none when this browser does not know it", () => {
    setProfileZone("Mars/Olympus");
    expect(displayZone()).toBeUndefined();
    expect(isZone("Europe/Berlin")).toBe(true);
  });

  it("is remembered only when it is not the default", () => {
    setZoneChoice("local");
    expect(localStorage.getItem("mc.zone")).toBe("local");
    setZoneChoice("profile");
    expect(localStorage.getItem("mc.zone")).toBeNull();
  });
});

it.each([
  ["Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"],
  ["America/Los_Angeles", "2026-11-01", "2026-11-01T07:00:00.000Z"],
  ["Asia/Kathmandu", "2026-01-15", "2026-01-14T18:15:00.000Z"],
])("a day in %s, %s, begins at %s and reads back the same", (zone, day, instant) => {
  setProfileZone(zone);
  expect(fromDateField(day)).toBe(instant);
  expect(toDateField(instant)).toBe(day);
});

it("lets a task be due until its day ends where the reader lives", () => {
  const due = new Date("2026-11-20T15:00:00Z");
  setProfileZone("Asia/Tokyo");
  expect(isOverdue(due, evening)).toBe(false);
  setProfileZone("Pacific/Auckland");
  expect(isOverdue(new Date("2026-11-20T10:00:00Z"), evening)).toBe(true);
});

it("tells how far away something still is", () => {
  expect(relativeTime(new Date(evening.getTime() + 3 * 3_600_000), evening)).toBe("in 3h");
  expect(relativeTime(new Date(evening.getTime() - 3 * 3_600_000), evening)).toBe("3h ago");
});

it.each([
  ["Asia/Tokyo", "2026-11-21T08:30", "2026-11-20T23:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25T03:30", "2026-10-25T02:30:00.000Z"],
])("a time of the clock in %s, %s, is the moment %s and reads back the same", (zone, wall, instant) => {
  setProfileZone(zone);
  expect(fromTimeField(wall)).toBe(instant);
  expect(toTimeField(new Date(instant))).toBe(wall);
});

it.each(["", "soon", "2026-11-21", "2026-13-40T99:99"])("%j is no time of the clock", (text) => {
  expect(fromTimeField(text)).toBeNull();
});
