import { memoryArtifacts } from "../../../src/adapters/artifacts/memory-artifacts.ts";
import { artifactStoreSuite } from "./artifact-store-suite.ts";

artifactStoreSuite({ name: "memoryArtifacts", keepsFiles: false, open: memoryArtifacts });
