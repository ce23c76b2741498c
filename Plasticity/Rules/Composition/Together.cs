namespace Lepton.Neuro.Plasticity;

/// <summary>The variables of a rule and what another rule adds to them, side by side.</summary>
/// <typeparam name="TInner">The variables of the rule: fields of lanes.</typeparam>
/// <typeparam name="TAdded">What is added: fields of lanes.</typeparam>
public struct Together<TInner, TAdded>
    where TInner : unmanaged
    where TAdded : unmanaged
{
    /// <summary>The rule's own.</summary>
    public TInner Inner;

    /// <summary>What is added.</summary>
    public TAdded Added;
}
