namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How the learning rate changes while training goes on.</summary>
public abstract record LearningRate
{
    private protected LearningRate(double initial) => Initial = Require.InRange("the learning rate", initial, 0, 100);

    /// <summary>The rate that the others are a part of.</summary>
    public double Initial { get; }

    /// <summary>The same at all times.</summary>
    /// <param name="rate">The rate.</param>
    public static implicit operator LearningRate(double rate) => Constant(rate);

    /// <summary>The same at all times.</summary>
    /// <param name="rate">The rate.</param>
    public static LearningRate Constant(double rate) => new ConstantRate(rate);

    /// <summary>A factor less at the end of every so many epochs.</summary>
    /// <param name="rate">The rate at first.</param>
    /// <param name="everyEpochs">How many epochs, at least 1.</param>
    /// <param name="factor">The factor, in (0, 1].</param>
    public static LearningRate Steps(double rate, int everyEpochs, double factor = 0.1) =>
        new StepRate(rate, (int)Require.InRange("the epochs of a step of the learning rate", (long)everyEpochs, 1, 1 << 24), Require.InRange("the factor of a step of the learning rate", factor, 1e-9, 1));

    /// <summary>Rises along a line from nothing, stays for a while, then falls along half a cosine.</summary>
    /// <param name="rate">The greatest rate.</param>
    /// <param name="warmUp">The part of training in which it rises, in [0, 0.9].</param>
    /// <param name="final">What is left of it at the end, in [0, 1].</param>
    /// <param name="hold">The part of training in which it stays, in [0, 0.95 - <paramref name="warmUp"/>].</param>
    public static LearningRate Cosine(double rate, double warmUp = 0, double final = 0, double hold = 0) => new CosineRate(
        rate,
        Require.InRange("the warm-up of the learning rate", warmUp, 0, 0.9),
        Require.InRange("the final part of the learning rate", final, 0, 1),
        Require.InRange("the part of training in which the learning rate stays", hold, 0, 0.95 - warmUp));

    /// <summary>The rate of an update.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="progress">How much of training is over, in [0, 1).</param>
    public abstract double At(int epoch, double progress);

    sealed record ConstantRate(double Rate) : LearningRate(Rate)
    {
        public override double At(int epoch, double progress) => Initial;
    }

    sealed record StepRate(double Rate, int Every, double Factor) : LearningRate(Rate)
    {
        public override double At(int epoch, double progress)
        {
            double rate = Initial;
            for (int i = 0; i < epoch / Every; i++) rate *= Factor;
            return rate;
        }
    }

    sealed record CosineRate(double Rate, double WarmUp, double Final, double Hold) : LearningRate(Rate)
    {
        public override double At(int epoch, double progress)
        {
            if (progress < WarmUp) return Initial * progress / WarmUp;
            double fall = WarmUp + Hold;
            if (progress < fall) return Initial;
            double x = (progress - fall) / (1 - fall);
            // (1 + cos(pi x)) / 2 = cos(pi x / 2)^2 by its series: the library's cosine may differ from machine to machine.
            double a = Math.PI / 2 * x, square = a * a, term = 1, cosine = 1;
            for (int n = 2; n <= 20; n += 2)
            {
                term *= -square / (n * (n - 1));
                cosine += term;
            }
            return Initial * (Final + ((1 - Final) * cosine * cosine));
        }
    }
}
