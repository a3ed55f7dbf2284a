// Random circuits whose law is a table (kernels/equilibrium.h).
#pragma once

#include "bench/corpus/random.h"
#include "kernels/circuit.h"

namespace raffinate::bench {

kernels::Circuit CorrelationCircuit(Random& random, int stages, int components);
kernels::Circuit ComplexedCircuit(Random& random, int stages, int components);
kernels::Circuit SolvationCircuit(Random& random, int stages, int components);
kernels::Circuit SynergismCircuit(Random& random, int stages, int components);

}  // namespace raffinate::bench
