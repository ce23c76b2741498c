using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Threads that share parts: each part is done once, by a worker that does nothing else then, and whoever comes late takes nothing of the next work.</summary>
public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_part_is_done_once_by_a_worker_of_its_own(int size)
    {
        using var team = new Team(size);
        var random = new System.Random(size);
        for (int round = 0; round < 400; round++)
        {
            int count = random.Next(0, 9);
            var work = new Work(count, Math.Max(1, Math.Min(size, count)), random.Next(3) * 2_000);
            team.Do(work, count);
            Assert.All(work.Times, times => Assert.Equal(1, times));
            Assert.False(work.Overlapped);
        }
    }

    [Fact]
    public void An_exception_comes_to_the_caller_and_the_team_goes_on()
    {
        using var team = new Team(3);
        for (int round = 0; round < 50; round++)
        {
            Assert.Equal("part 3", Assert.Throws<InvalidOperationException>(() => team.Do(new Failing(), 8)).Message);
            var work = new Work(8, 3, 0);
            team.Do(work, 8);
            Assert.All(work.Times, times => Assert.Equal(1, times));
        }
    }

    /// <summary>Parts that note who does them. A worker beyond those that the work has room for would be out of the array's range.</summary>
    sealed class Work(int parts, int workers, int spins) : IParts
    {
        readonly int[] busy = new int[workers];

        public int[] Times { get; } = new int[parts];

        public bool Overlapped { get; private set; }

        public void Do(int part, int worker)
        {
            if (Interlocked.Increment(ref busy[worker]) != 1) Overlapped = true;
            Thread.SpinWait(spins);
            Interlocked.Increment(ref Times[part]);
            Interlocked.Decrement(ref busy[worker]);
        }
    }

    sealed class Failing : IParts
    {
        public void Do(int part, int worker)
        {
            if (part == 3) throw new InvalidOperationException("part 3");
        }
    }
}
