import { describe } from "./embed.ts";

const { text } = await describe(".runfold/embed.db");
console.log(text);
