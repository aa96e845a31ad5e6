"""Search over records. It multiplies matrices with one thread, which numpy has to be told before it is imported."""

import os

# OpenBLAS's threads wait for each other by spinning: on a busy machine of two cores a search took 166 ms and 38 ms of CPU instead of 22 and 6
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
