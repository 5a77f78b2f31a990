import process from "node:process";
import fc from "fast-check";

/** The same examples in each run, so that a change is judged by what it does; FUZZ=1 takes others each time. */
fc.configureGlobal("FUZZ" in process.env ? {} : { seed: 1 });
