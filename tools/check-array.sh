#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A Slurm job array that shares out one check: each task runs a part, and its results are a file.
#
#   sbatch --array=1-8 tools/check-array.sh --count=1000000 --seed=7
#   utsim merge results
#
# The words behind the script's name are options of `utsim check`. UTSIM is the program (utsim),
# RESULTS the folder for the results (results); both have to be the same for all nodes. A task that
# is requeued goes on behind the last block that it has finished.
#
#SBATCH --job-name=utsim-check
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log

set -euo pipefail
results=${RESULTS:-results}
mkdir -p "$results"
status=0
"${UTSIM:-utsim}" check --shard=auto --results="$results/part-$SLURM_ARRAY_TASK_ID.jsonl" \
    --jobs="${SLURM_CPUS_PER_TASK:-1}" --no-failures --quiet "$@" || status=$?
# A task that has found something has done its work; `utsim merge` tells it.
((status != 1)) || status=0
exit "$status"
