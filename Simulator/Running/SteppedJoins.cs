using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <content>Projections whose rule visits every synapse in every step, or draws random numbers.</content>
sealed partial class ReferenceSession<T>
{
    sealed class SteppedJoins<TKernel, TSynapse, TPre, TPost> : PlasticJoins<TKernel, TSynapse, TPre, TPost>
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged
    {
        readonly SynapseDraws draws;
        readonly HashSet<SynapseEvent> drawing;

        public SteppedJoins(CompiledProjection plan, ReferenceSession<T> session, TKernel kernel)
            : base(plan, session, kernel)
        {
            var tapes = KernelTapes.Of(plan.Description.Rule!, session.Network.Step);
            drawing = [.. Enum.GetValues<SynapseEvent>().Where(e => tapes.Draws(e.ToString()))];
            draws = new(session.Network.Source.Seed, plan.Index);
        }

        public override void EndStep(long now)
        {
            for (int target = 0; target < post.Length; target++)
            {
                int k = FirstOf(target);
                foreach (var synapse in Of(target))
                {
                    TPre late = PreAt(synapse.Source, now + 1 - synapse.Delay);
                    Draw(ref variables[k], k, SynapseEvent.OnStep, now);
                    kernel.OnStep(ref variables[k++], in late, in post[target]);
                }
            }
        }

        protected override void Draw(ref TSynapse synapse, int k, SynapseEvent kind, long now)
        {
            if (!drawing.Contains(kind)) return;
            uint word = 0;
            draws.Fill(kind, now, Session.Presentation, [SynapseDraws.Slot(Plan.Description, At(k).Slot)], new Span<uint>(ref word));
            kernel.Draw(ref synapse, T.Uniform(in word));
        }
    }
}
