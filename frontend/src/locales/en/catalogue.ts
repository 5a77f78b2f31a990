/** Every English text, one file an area; the keys are checked by the compiler. */
import api from "./api.json";
import batches from "./batches.json";
import bundle from "./bundle.json";
import common from "./common.json";
import compare from "./compare.json";
import download from "./download.json";
import drafts from "./drafts.json";
import fixes from "./fixes.json";
import frame from "./frame.json";
import gallery from "./gallery.json";
import help from "./help.json";
import labelExport from "./labelExport.json";
import labelImport from "./labelImport.json";
import labeling from "./labeling.json";
import labels from "./labels.json";
import members from "./members.json";
import model from "./model.json";
import models from "./models.json";
import nearDuplicates from "./nearDuplicates.json";
import people from "./people.json";
import predict from "./predict.json";
import projects from "./projects.json";
import signin from "./signin.json";
import statistics from "./statistics.json";
import time from "./time.json";
import train from "./train.json";
import upload from "./upload.json";

export const en = {
  api,
  bundle,
  batches,
  common,
  compare,
  download,
  drafts,
  fixes,
  frame,
  gallery,
  help,
  labelExport,
  labelImport,
  labeling,
  labels,
  members,
  model,
  models,
  nearDuplicates,
  people,
  predict,
  projects,
  signin,
  statistics,
  time,
  train,
  upload,
};
