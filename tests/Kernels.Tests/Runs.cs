using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>How cases run on the checked device.</summary>
static class Runs
{
    /// <summary>A way to run a case: the order of threads and the size of groups differ with its seed.</summary>
    public static CheckedDeviceOptions Way(NetworkCase one) => new() { Seed = (ulong)one.Seed, Threads = one.Seed % 8 == 0 ? 512 : 256, GroupSize = 1 << (int)((uint)one.Seed % 8) };
}
