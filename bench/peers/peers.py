"""The two-metal cascade as users of public solvers write it down today.

Each peer gets the same equations, exact derivatives where it takes them, and the
same start without knowledge of the answer: every stage like the feed, met by
organic that holds next to nothing. Nothing of a peer is copied; each is called
through its public interface.

A peer is a function solve(stages) -> (raffinate La, Nd, H+ [mol/L], evaluations).
peers() lists those at hand, and says of the others how to get them. The equations are
Python, which costs more than the solver in places: `clock` counts the time in them, so
that a solver can be judged without.
"""

import ctypes
import ctypes.util
import functools
import math
import time

# mol/L; K on the dimer basis, D = K S^3 / h^3.
FEED = (0.1, 0.1)
FEED_ACID = 0.01
DIMER = 0.5
LOG10_K = (-3.1765, -2.1746)
WATER = 1e-14
ANIONS = 3 * sum(FEED) + FEED_ACID
LN_K = [v * math.log(10) for v in LOG10_K]

# Unknowns of a stage: ln of La, Nd, H+ in the aqueous, of La, Nd in the organic and
# of free dimer. In the logarithm every molarity is positive, and equilibrium linear.
WIDTH = 6
START = [math.log(v) for v in (*FEED, FEED_ACID, 1e-3, 1e-3, DIMER)]


class Clock:
    """Seconds spent in the functions that a solver calls."""

    def __init__(self):
        self.seconds = 0.0
        self.inside = False

    def __call__(self, function):
        @functools.wraps(function)
        def timed(*arguments):
            if self.inside:
                return function(*arguments)
            self.inside = True
            begin = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - begin
                self.inside = False

        return timed


clock = Clock()


def start(stages):
    return START * stages


@clock
def residuals(u):
    """Equations of all stages, 6 each: balances of La and Nd, charge, dimer, equilibria."""
    stages = len(u) // WIDTH
    v = [math.exp(min(w, 50.0)) for w in u]
    out = []
    for j in range(stages):
        a = j * WIDTH
        for i in range(2):
            aqueous_in = v[a + WIDTH + i] if j + 1 < stages else FEED[i]
            organic_in = v[a - WIDTH + 3 + i] if j > 0 else 0.0
            out.append(aqueous_in + organic_in - v[a + i] - v[a + 3 + i])
        out.append(3 * (v[a] + v[a + 1]) + v[a + 2] - WATER / v[a + 2] - ANIONS)
        out.append(v[a + 5] + 3 * (v[a + 3] + v[a + 4]) - DIMER)
        for i in range(2):
            out.append(u[a + 3 + i] - u[a + i] - LN_K[i] - 3 * u[a + 5] + 3 * u[a + 2])
    return out


@clock
def jacobian(u):
    """Rows, columns and values of the derivatives that are not zero anywhere."""
    stages = len(u) // WIDTH
    v = [math.exp(min(w, 50.0)) for w in u]
    rows, columns, values = [], [], []

    def put(row, column, value):
        rows.append(row), columns.append(column), values.append(value)

    for j in range(stages):
        a = j * WIDTH
        for i in range(2):
            if j + 1 < stages:
                put(a + i, a + WIDTH + i, v[a + WIDTH + i])
            if j > 0:
                put(a + i, a - WIDTH + 3 + i, v[a - WIDTH + 3 + i])
            put(a + i, a + i, -v[a + i])
            put(a + i, a + 3 + i, -v[a + 3 + i])
            put(a + 2, a + i, 3 * v[a + i])
            put(a + 3, a + 3 + i, 3 * v[a + 3 + i])
            put(a + 4 + i, a + 3 + i, 1.0)
            put(a + 4 + i, a + i, -1.0)
            put(a + 4 + i, a + 5, -3.0)
            put(a + 4 + i, a + 2, 3.0)
        put(a + 2, a + 2, v[a + 2] + WATER / v[a + 2])
        put(a + 3, a + 5, v[a + 5])
    return rows, columns, values


@clock
def dense(u):
    import numpy

    matrix = numpy.zeros((len(u), len(u)))
    rows, columns, values = jacobian(u)
    matrix[rows, columns] = values
    return matrix


def answer(u):
    return [math.exp(u[0]), math.exp(u[1]), math.exp(u[2])]


def scipy_fsolve(stages):
    """MINPACK's hybrid Powell method as scipy.optimize.fsolve calls it by default."""
    from scipy.optimize import fsolve

    u, info, flag, message = fsolve(residuals, start(stages), full_output=True, xtol=1e-12)
    if flag != 1:
        raise RuntimeError(message.replace("\n", " "))
    return answer(u), int(info["nfev"])


def scipy_fsolve_jacobian(stages):
    """The same with exact derivatives."""
    from scipy.optimize import fsolve

    u, info, flag, message = fsolve(
        residuals, start(stages), fprime=dense, full_output=True, xtol=1e-12
    )
    if flag != 1:
        raise RuntimeError(message.replace("\n", " "))
    return answer(u), int(info["nfev"])


def scipy_least_squares(stages):
    """Trust-region reflective least squares with exact derivatives."""
    from scipy.optimize import least_squares

    found = least_squares(
        residuals, start(stages), jac=dense, ftol=None, xtol=1e-13, gtol=1e-14, max_nfev=2000
    )
    if max(abs(r) for r in found.fun) > 1e-9:
        raise RuntimeError(f"residual {max(abs(r) for r in found.fun):.1e}: {found.message}")
    return answer(found.x), int(found.nfev)


def ipopt_library():
    name = ctypes.util.find_library("ipopt")
    return ctypes.CDLL(name) if name else None


def ipopt(stages):
    """The interior-point solver under most equation-oriented flowsheeting, through its
    C interface, with exact first and second derivatives (no modelling layer is timed)."""
    library = ipopt_library()
    number, index = ctypes.c_double, ctypes.c_int
    numbers, indices = ctypes.POINTER(number), ctypes.POINTER(index)
    n = stages * WIDTH
    rows, columns, _ = jacobian(start(stages))
    # Of each variable the equations hold the exponential and its coefficients alone,
    # so that the second derivatives are diagonal.
    eval_f = ctypes.CFUNCTYPE(index, index, numbers, index, numbers, ctypes.c_void_p)
    eval_grad = ctypes.CFUNCTYPE(index, index, numbers, index, numbers, ctypes.c_void_p)
    eval_g = ctypes.CFUNCTYPE(index, index, numbers, index, index, numbers, ctypes.c_void_p)
    eval_jac = ctypes.CFUNCTYPE(
        index, index, numbers, index, index, index, indices, indices, numbers, ctypes.c_void_p
    )
    eval_h = ctypes.CFUNCTYPE(
        index, index, numbers, index, number, index, numbers, index, index, indices, indices,
        numbers, ctypes.c_void_p,
    )

    @clock
    def objective(_n, _u, _new, value, _data):
        value[0] = 0.0
        return 1

    @clock
    def gradient(size, _u, _new, value, _data):
        for k in range(size):
            value[k] = 0.0
        return 1

    evaluations = [0]

    @clock
    def constraints(_n, u, _new, _m, value, _data):
        evaluations[0] += 1
        for k, r in enumerate(residuals(u[:n])):
            value[k] = r
        return 1

    @clock
    def derivatives(_n, u, _new, _m, count, row, column, value, _data):
        if row:
            for k in range(count):
                row[k], column[k] = rows[k], columns[k]
        else:
            for k, d in enumerate(jacobian(u[:n])[2]):
                value[k] = d
        return 1

    @clock
    def hessian(_n, u, _new, _factor, _m, multiplier, _new2, _count, row, column, value, _data):
        if row:
            for k in range(n):
                row[k] = column[k] = k
            return 1
        for k in range(n):
            value[k] = 0.0
        for r, c, d in zip(*jacobian(u[:n])):
            # The second derivative of an exponential is the first; equilibria have none.
            if r % WIDTH < 4:
                second = d
                if r % WIDTH == 2 and c % WIDTH == 2:
                    second = d - 2 * WATER / math.exp(u[c])
                value[c] += multiplier[r] * second
        return 1

    calls = [eval_f(objective), eval_g(constraints), eval_grad(gradient), eval_jac(derivatives),
             eval_h(hessian)]
    zeros = (number * n)()
    low, high = (number * n)(*[-70.0] * n), (number * n)(*[5.0] * n)
    library.CreateIpoptProblem.restype = ctypes.c_void_p
    problem = library.CreateIpoptProblem(
        index(n), low, high, index(n), zeros, zeros, index(len(rows)), index(n), index(0),
        calls[0], calls[1], calls[2], calls[3], calls[4],
    )
    problem = ctypes.c_void_p(problem)
    library.AddIpoptIntOption(problem, b"print_level", index(0))
    library.AddIpoptStrOption(problem, b"sb", b"yes")
    library.AddIpoptNumOption(problem, b"tol", number(1e-11))
    u = (number * n)(*start(stages))
    status = library.IpoptSolve(problem, u, None, None, None, None, None, None)
    library.FreeIpoptProblem(problem)
    if status not in (0, 1):
        raise RuntimeError(f"IPOPT status {status}")
    return answer(u), evaluations[0]


def peers():
    """Name, what it is, solve function; or None and how to install what is missing."""
    try:
        import scipy

        version = scipy.__version__
        yield f"scipy {version} fsolve", scipy_fsolve, None
        yield f"scipy {version} fsolve, exact Jacobian", scipy_fsolve_jacobian, None
        yield f"scipy {version} least_squares, exact Jacobian", scipy_least_squares, None
    except ImportError:
        yield "scipy", None, "apt-get install python3-scipy"
    if ipopt_library():
        yield "IPOPT", ipopt, None
    else:
        yield "IPOPT", None, "apt-get install coinor-libipopt1v5"
